-- Whether a text is a matter for this city at all; what is not waits for a person.
CREATE TYPE scope AS ENUM ('within', 'no_matter', 'elsewhere');
ALTER TABLE analyses ADD COLUMN scope scope NOT NULL DEFAULT 'within';
