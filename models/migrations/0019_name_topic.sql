-- Whoever has a case says the sub-topic that the classifier left open: an action of the case, and a label.
ALTER TYPE case_action ADD VALUE 'name_topic';
ALTER TYPE label_source ADD VALUE 'name_topic';
