import type { ViewId } from '../../app/view-ids'

/** The frame around every view. */
export const shell = {
  views: {
    library: 'Library',
    inspect: 'Inspect',
    study: 'Study',
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
  running: (jobs: number) => (jobs === 1 ? '1 job runs' : `${jobs} jobs run`),
  workspace: (folder: string) => `Workspace ${folder}`
}
