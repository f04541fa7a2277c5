import type { ViewId } from '../../app/view-ids'

/** The frame around every view. */
export const shell = {
  views: {
    library: 'Library',
    inspect: 'Inspect',
    study: 'Study',
    training: 'Training',
    'trade-off': 'Trade-off',
    ablation: 'Ablation',
    compare: 'Compare',
    jobs: 'Jobs',
    export: 'Export'
  } satisfies Record<ViewId, string>,
  navigation: 'Views',
  skipToContent: 'Skip to content',
  language: 'Language',
  connecting: 'Connecting…',
  reconnecting: 'The host does not answer; trying again…',
  refused: 'The host refused this page.',
  drop: {
    file: (name: string) =>
      `A browser does not tell where “${name}” lies, so it cannot be opened from here. Choose it in the list of files instead.`,
    folder: (name: string) =>
      `A browser does not tell where the folder “${name}” lies, so it cannot be opened from here. Choose it in the list of files instead.`,
    recording: (name: string) =>
      `“${name}” is a recording: open a study in Compare and drop it there, and every tier hears it.`,
    toChooser: 'Choose it…',
    toCompare: 'Open Compare'
  },
  running: (jobs: number) => (jobs === 1 ? '1 job runs' : `${jobs} jobs run`),
  workspace: (folder: string) => `Workspace ${folder}`
}
