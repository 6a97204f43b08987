"""Questions asked of annotators and policies. A study is a module that ends in a `STUDY`, and a name here.

`study.py` says what a study is and does its jobs, `results.py` joins what they found into one page.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from clonotate.records import ClonotateError

if TYPE_CHECKING:
    from clonotate.studies.study import Study

STUDIES = {
    "humans": "Do the virtual people work like the measured ones?",
    "emergence": "In which order do skills come?",
    "scaling": "What do larger networks and more demonstrations buy?",
    "cures": "What cures the neglect of rare decisions?",
    "dagger": "Does practice need an expert who undoes?",
    "transfer": "How few demonstrations does a new task need, and what is forgotten?",
    "families": "Does what was learnt on eight families help on the ninth?",
    "mistakes": "Who errs, and who repairs it: people, the policy, and the policy put into mistakes?",
    "probes": "What does a policy know, and does one task's mistake look like another's?",
    "effort": "What does a co-pilot save a person, at equal score?",
    "review": "Does reviewing find mistakes, and does a flag help?",
    "forecast": "How many more sessions until the policy does one person's work?",
    "correlation": "Does the teacher-forced score tell which policy succeeds alone?",
    "layouts": "Does a policy still work when the tool looks different?",
}
"""Every study that `clonotate study` runs, and what it asks, in the order of the report."""


def study_named(name: str) -> "Study":
    """The study of that name; its module is taken in only now. ClonotateError where there is none."""
    if name not in STUDIES:
        raise ClonotateError(f"no study {name!r}; there are: {', '.join(STUDIES)}")
    found: Study = import_module(f"clonotate.studies.{name}").STUDY
    return found
