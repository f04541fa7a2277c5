import { numbers } from './numbers'

/** Text around the results of a study, of messages of failure, and of the page that shows a results file alone. */
export const results = {
  dismiss: 'Dismiss this message',
  page: {
    title: 'Open the results of a study',
    introduction:
      'Lathe makes ONNX speech models smaller and measures what each smaller version costs in recognition errors, size and speed. A study tries many versions of one model and holds each against the original and against plain int8.',
    open: 'Open results…',
    openOther: 'Open other results…',
    orDrop: 'or drop a results.json anywhere on this page',
    drop: 'Drop the results file to open it',
    ways: 'Two ways to a results file',
    demo: 'Run the demo in the folder of Lathe; it writes demo-out/results.json:',
    own: 'Study a model of your own with a recipe; it writes my-study/results.json:'
  },
  /** Why a file is not shown, with what to do. */
  problems: {
    tooLarge: (file: string, megabytes: number) =>
      `'${file}' has ${megabytes} MB, more than a results file ever has: choose the results.json of a study.`,
    unreadable: (file: string) =>
      `'${file}' could not be read: choose a file that is still there and not in use.`,
    'no-text': (file: string) =>
      `'${file}' is not a text file: expected the results.json that \`lathe study run --output\` or \`npm run demo\` writes.`,
    'no-json': (file: string) =>
      `'${file}' is not JSON: expected the results.json that \`lathe study run --output\` or \`npm run demo\` writes.`,
    recipe: (file: string) =>
      `'${file}' is a recipe, not its results: run \`lathe study run ${file} --output my-study\` and open my-study/results.json.`,
    'other-json': (file: string) =>
      `'${file}' is JSON but not the results of a study: expected the results.json that \`lathe study run --output\` writes, with 'study' and 'trials'.`,
    'wrong-value': (file: string, place: string, message: string) =>
      `'${file}' is not a results file that this version can read: at '${place}' there is a wrong value (${message}); write it again with \`lathe study show --json\`.`
  },
  summary: {
    trials: (count: number, states: string) => `${count} trials: ${states}`,
    differs: 'differs between trials',
    model: 'Model',
    calibration: 'Calibration set',
    development: 'Development set',
    evaluation: 'Evaluation set'
  },
  conditions: {
    processor: 'Processor',
    threads: 'Threads',
    runtime: 'Runtime',
    system: 'System',
    evaluatedOn: 'Evaluated on',
    recordings: (count: number, duration: string) => `${count} utterances, ${duration}`,
    durations: numbers.durations,
    speakers: 'Speakers',
    referenceWords: 'Reference words',
    warmup: 'Warm-up',
    warmupRecordings: (count: number) => `${count} utterances`,
    normalizer: 'Text normalizer',
    lathe: 'Lathe'
  }
}
