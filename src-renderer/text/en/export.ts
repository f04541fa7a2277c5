/** Text of the export view. */
export const exporting = {
  title: 'Export',
  tiers: 'Tiers',
  tiersHint: 'Chosen at first: tiers that no other beats in both size and errors.',
  pick: (name: string) => `Export ${name}`,
  all: 'All',
  best: 'Best',
  none: 'None',
  tier: 'Tier',
  size: 'Size',
  parameters: 'Parameters',
  errors: 'Errors',
  against: 'Against the original',
  isBest: 'best',
  isOriginal: 'original',
  points: (difference: string) => `${difference} points`,
  beatenByInt8: 'plain int8 is better',
  unfinished: (count: number) =>
    count === 1
      ? '1 trial is not completed and cannot be exported.'
      : `${count} trials are not completed and cannot be exported.`,
  noneCompleted: 'No trial of this study is completed yet: run it, or resume it under Jobs.',
  toJobs: 'Go to Jobs',

  folder: 'Folder',
  chooseFolder: 'Choose folder…',
  chooseFolderTitle: 'Choose the folder to export into',
  noFolder: 'not chosen yet',
  folderHint: 'Each tier gets a new folder inside; nothing is overwritten.',
  folderFirst: 'Choose a folder first.',
  layout: 'Layout',
  plainLayout: 'ONNX model with every file it needs, a model card and the plan of its ranks',
  run: (count: number) => (count === 1 ? 'Export 1 tier' : `Export ${count} tiers`),
  stop: 'Stop',
  progress: (ended: number, total: number) => `${ended} of ${total} done`,

  results: 'Exported',
  states: {
    waiting: 'Waiting',
    running: 'Writing and verifying…',
    done: 'Verified',
    failed: 'Failed',
    cancelled: 'Stopped'
  },
  identical: 'The folder, opened anew, gives exactly the outputs that were measured (largest difference 0).',
  copied:
    'The files in the folder are those that were measured, byte for byte. A model this large is not run for that.',
  different: (difference: string) =>
    `The outputs differ from those that were measured by up to ${difference}.`,
  files: (count: number, size: string) => `${count} files, ${size}`,
  card: 'Model card'
}
