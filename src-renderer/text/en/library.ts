import { numbers } from './numbers'

/** Text of the library. */
export const library = {
  title: 'Library',
  add: 'Add model or data set…',
  chooseTitle: 'Choose a model or a data set',
  models: 'Models',
  datasets: 'Data sets',
  order: 'Order',
  recent: 'Recent',
  byName: 'Name',
  loading: 'Reading the library…',

  looking: (path: string) => `Reading ${path}…`,
  lookingHint:
    'A large model takes some seconds; of a data set only the transcripts and a few recordings are read.',
  stop: 'Stop',
  recognizedModel: 'This is a model',
  recognizedDataset: 'This is a data set',
  notRecognized: 'This is neither a model nor a data set that Lathe knows',
  notRecognizedModel: 'Lathe cannot open this model',
  known: 'The library has it already; adding it again brings its facts up to date.',
  addIt: 'Add to the library',
  addAgain: 'Bring up to date',
  cancel: 'Cancel',
  chooseOther: 'Choose something else…',

  family: 'Family',
  families: {
    'ctc-encoder': 'CTC encoder',
    'audio-classifier': 'Audio classifier'
  } as Readonly<Record<string, string>>,
  unknownFamily: 'Not recognised',
  unknownFamilyHint: 'It can be inspected, but not run: no study can measure it.',
  parameters: 'Parameters',
  size: 'Size',
  linearLayers: 'Linear layers',
  sampleRate: 'Sample rate',
  hertz: (rates: readonly number[]) => `${rates.map((rate) => rate / 1000).join(', ')} kHz`,
  license: 'Licence',
  languages: 'Languages',
  trained: 'Trained by Lathe',
  trainedAt: (step: string) => `step ${step}`,
  trainedTo: (step: string, rate: string) => `step ${step}, ${rate} development WER`,
  layout: 'Layout',
  utterances: 'Utterances',
  speakers: 'Speakers',
  classes: 'Classes',
  length: 'Length',
  durations: numbers.durations,
  about: (length: string) => `about ${length}`,
  estimatedHint: 'Computed from a few recordings, because the data set does not say.',
  incomplete: (entries: number, first: string) =>
    entries === 1
      ? `1 entry is incomplete: ${first}. A study stops at it unless its recipe lets unreadable recordings be left out.`
      : `${entries} entries are incomplete, the first is ${first}. A study stops at them unless its recipe lets unreadable recordings be left out.`,
  audioProblem: (problem: string) => `A recording could not be decoded: ${problem}`,

  inspect: 'Inspect',
  newStudy: 'New study',
  newStudyWith: (name: string) => `New study with ${name}`,
  inspectNamed: (name: string) => `Inspect ${name}`,
  remove: 'Remove',
  removeNamed: (name: string) => `Remove ${name} from the library`,
  removed: (name: string) => `${name} is off the list; its files are where they were.`,
  relocate: 'Find it again…',
  relocateTitle: (name: string) => `Where is ${name} now?`,

  emptyTitle: 'Begin with a speech model',
  empty:
    'Open the folder of an ONNX speech model, or its .onnx file, and the recordings to measure it with: a folder or a manifest with transcripts. Nothing is copied or changed; Lathe remembers where they are.',
  demo: 'Add the demo',
  demoName: 'the demo',
  demoHint: 'A small recogniser and a little speech, made with Lathe and shipped with it.',
  demoTitle: 'A first study, ready to run',
  demoStudy: (trials: number) =>
    `It makes ${trials - 1} smaller versions of the demo’s model in different ways, measures each beside the original on speakers that the model has never heard, and shows what each costs in errors, bytes and time. A few minutes on two cores.`,
  demoRun: 'Run the demo study',
  demoEdit: 'Look at its recipe first',
  demoFollowed: 'The points are shown as soon as there are some.',
  noModels: 'No model yet: add the folder of an ONNX speech model, or its .onnx file.',
  noDatasets: 'No data set yet: add recordings with transcripts, such as a manifest or a LibriSpeech folder.',
  describing: 'Which models does Lathe recognise?',
  describingTitle: 'Describing a model'
}
