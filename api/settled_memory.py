"""Why does a page not stop in the middle? What the program itself is made of is not looked through for garbage."""

import gc

# Of what a page makes nearly all goes when it is done, without being looked for; a large one makes some 50,000 objects.
_NEW_ONES = 20_000


def settle() -> None:
    """Call once everything is loaded. Python looks through all objects that it holds, every dozen large pages: of the
    application alone 400,000, which takes a quarter of a second in the middle of somebody's page. They are never
    garbage; from now on only what requests leave behind is looked through, and less often."""
    gc.collect()
    gc.freeze()
    _, often, seldom = gc.get_threshold()
    gc.set_threshold(_NEW_ONES, often, seldom)
