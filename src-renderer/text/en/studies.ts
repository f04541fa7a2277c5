/** Text of the chooser of studies and of the frame around views of one study. */
export const studies = {
  choose: 'Choose a study',
  list: 'Studies',
  loading: 'Reading the studies…',
  filter: 'Filter by name',
  noMatch: (filter: string) => `No study has “${filter}” in its name.`,
  states: {
    running: 'running',
    waiting: 'waiting',
    complete: 'complete',
    partial: 'not finished',
    empty: 'nothing measured'
  },
  failed: (failed: number, all: number) => `${failed} of ${all} failed`,
  trials: (completed: number, all: number) => `${completed} of ${all} trials`,
  emptyTitle: 'No study yet',
  emptyExplanation:
    'A study compresses one model in many ways and measures each on the same recordings, so that the results stand side by side. Choose a model and a data set, say what to try, and start it.',
  newStudy: 'Set up a study',
  toLibrary: 'Find a model first',
  retry: 'Try again',
  other: 'Other study',
  opening: 'Opening the study…',
  conditions: 'Conditions of these numbers',
  noResults: 'Nothing of this study has been measured yet. Results appear here as each trial ends.',
  toJobs: 'Show its job'
}
