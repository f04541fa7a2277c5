import type {
  LearningRateSchedule,
  LossSettings,
  SelectionMeasure,
  TrainingSummary
} from '@contract/training'

/** Text of the training view. */
export const training = {
  title: 'Training',
  list: 'Trainings',
  loading: 'Reading the trainings…',
  newTraining: 'New training',
  editRecipe: 'Edit recipe',
  openRecipe: 'Open recipe…',
  openTitle: 'Open a training recipe',
  untitled: 'Untitled training',
  copyOf: (name: string) => `${name} (copy)`,
  deleted: (name: string) => `The draft “${name === '' ? 'Untitled training' : name}” was deleted.`,
  emptyTitle: 'Nothing was trained yet',
  empty:
    'Training goes on from a CTC model or a classifier that you have: to get back what compression has cost, or to learn new speakers and words. It needs the model, recordings with transcripts or labels to learn from, and better also a development set of other speakers, which decides when the model is at its best.',
  emptyNext:
    'Begin a recipe; it runs as a job, keeps checkpoints, and goes on after a pause, a crash or a restart.',

  rowSteps: (steps: number, total: number) => `${steps} of ${total} steps`,
  bestRate: (rate: string) => `best ${rate} errors`,
  ended: {
    completed: 'Completed',
    'early-stopping': 'Stopped early'
  } satisfies Record<TrainingSummary['ended'], string>,
  unfinished: 'Stopped',

  startLabel: 'Start the training',
  startFailed: 'The training was not started:',

  basics: 'Name, model and data',
  nameHint: 'For lists and the model card; it changes nothing about the weights.',
  modelHint:
    'Folder with the ONNX file of a CTC model or a classifier and what belongs to it. It stays as it is.',
  trainingSet: 'Training set',
  trainingSetHint: 'What the model learns from: recordings with transcripts or labels.',
  developmentSet: 'Development set',
  developmentSetHint:
    'Chooses the weights that are kept; never learned from. Without it the last ones are kept.',

  parameters: 'What is trained',
  trainable: 'Trained',
  trainableHint: 'Names of weights or of the nodes that use them, one per line; * stands for any text.',
  frozen: 'Except',
  frozenHint: 'The same, for what stays as it is.',
  counting: 'Counting…',
  counted: (parameters: string, all: string, tensors: number) =>
    `${parameters} of ${all} parameters in ${tensors === 1 ? '1 tensor' : `${tensors} tensors`}`,
  countFirst: 'The number of parameters appears here once a model is chosen.',

  optimization: 'Steps and learning rate',
  lossKind: 'Loss',
  lossKindHint: 'What training makes smaller. Without a choice it follows from the kind of model.',
  usualLoss: 'that of the model',
  lossKinds: { ctc: 'CTC, of transcripts', 'cross-entropy': 'cross-entropy, of labels' } satisfies Record<
    LossSettings['kind'],
    string
  >,
  labelSmoothing: 'Label smoothing',
  labelSmoothingHint: 'Share of the target that is spread over all labels, such as 0.1.',
  learningRate: 'Learning rate',
  learningRateHint:
    'At its full height. 0.0001 is gentle enough for a trained model; from scratch ten times as much.',
  schedule: 'Schedule',
  scheduleHint: 'How it goes down to its last value after the warm-up.',
  schedules: {
    constant: 'constant',
    linear: 'linear',
    cosine: 'cosine',
    exponential: 'exponential'
  } satisfies Record<LearningRateSchedule['kind'], string>,
  warmupSteps: 'Warm-up steps',
  warmupStepsHint: 'The learning rate rises over so many steps.',
  finalFraction: 'Last value',
  finalFractionHint: 'Of the last step ÷ the full one.',
  length: 'Length in',
  lengthHint: 'An epoch goes once through the training set.',
  lengths: { steps: 'steps', epochs: 'epochs' },
  steps: 'Steps',
  epochs: 'Epochs',
  countHint: 'More can be added later only as a training of its own.',
  audioSeconds: 'Seconds per batch',
  audioSecondsHint: 'Of sound with its padding. More is steadier and needs more memory.',
  mostRecordings: 'Recordings per batch',
  mostRecordingsHint: 'At most so many in one batch.',
  perStep: 'Batches per step',
  perStepHint: 'Their gradients are averaged, where memory does not hold them at once.',
  seed: 'Seed',
  seedHint: 'Of order and augmentation; the same seed gives the same weights.',
  threads: 'Threads',
  threadsHint: 'Another number may round differently.',
  gradientCheckpointing: 'Compute activations anew',
  gradientCheckpointingHint:
    'Gradient checkpointing: long recordings need about half the memory, and a step a little longer. May round differently.',
  resample: 'Resample audio',
  resampleHint: 'Otherwise audio at another rate than the model’s is refused.',

  augmentation: 'Augmentation',
  specAugment: 'SpecAugment',
  specAugmentHint: 'Hides bands of frequencies and stretches of time; for models that hear features.',
  noise: 'Noise',
  noiseHint: 'White noise at 10 to 30 dB on half of the recordings.',
  speeds: 'Speeds',
  speedsHint: 'One is drawn for each recording, such as 0.9, 1, 1.1.',

  choosing: 'Choosing and keeping',
  select: 'Best is',
  selectHint: 'What of the development set decides.',
  selections: {
    loss: 'the lowest loss',
    'word-errors': 'the fewest wrong words or labels'
  } satisfies Record<SelectionMeasure, string>,
  normalizer: 'Text normalizer',
  normalizerHint: 'Applied to both texts before words are counted.',
  evaluateEvery: 'Ask it every',
  evaluateEveryHint: 'Steps between two questions to the development set.',
  checkpointEvery: 'Keep every',
  checkpointEveryHint: 'Steps between two checkpoints; a crash loses no more.',
  patience: 'Stop early',
  patienceHint: 'End when the development set does not get better.',
  patienceCount: 'Patience',
  patienceCountHint: 'Questions in a row without a better answer.',

  progressOf: (name: string) => `Progress of ${name}`,
  left: (wait: string) => `about ${wait} left`,
  throughput: (factor: string) => `${factor} s of speech per second`,
  share: (share: string) => `${share} of the time in the runtime`,
  pause: 'Pause',
  pauseHint: 'Stops after the step in hand, which is kept.',
  resume: 'Go on',
  retry: 'Try again',
  cancel: 'Cancel',
  cancelHint: 'Stops after the step in hand. The checkpoint is kept: the same recipe goes on from it.',
  stopping: 'Stopping…',
  preparing: 'Preparing…',
  notYet: 'The curves begin with the first step.',
  noSteps: 'It stopped before the first checkpoint, so there is no curve.',
  useRecipe: 'Use its recipe',
  useRecipeHint: 'Begins a draft with the settings of this training.',
  remove: 'Remove',
  removeHint: 'Forgets its checkpoint and its curve; models that were exported stay.',
  removeRunning: 'A training that runs or waits cannot be removed: cancel it first.',
  removed: (name: string) => `${name} goes, with its checkpoint and its curve; exported models stay.`,
  toJobs: 'Open in Jobs',

  charts: 'Curves',
  step: 'Step',
  loss: 'Loss',
  trainingLoss: 'training',
  smoothedLoss: (steps: number) => `training, smoothed (${steps})`,
  developmentLoss: 'development',
  errorRate: 'Word error rate',
  wordErrors: 'Word errors',
  words: 'Words',
  /** The same of a classifier. */
  labelErrors: {
    errorRate: 'Label error rate',
    wordErrors: 'Wrong labels',
    words: 'Recordings',
    latestErrorRate: 'Development errors',
    errorsOfWords: (errors: number, recordings: number) => `${errors} of ${recordings}`
  },
  gradientNorm: 'Gradient norm',
  learningRateChart: 'Learning rate',
  bestSoFar: (step: number) => `best: step ${step}`,
  kept: (step: number) => `kept: step ${step}`,

  summary: 'Summary',
  latestLoss: 'Training loss',
  latestDevelopment: 'Development loss',
  latestErrorRate: 'Development word errors',
  errorsOfWords: (errors: number, words: number) => `${errors} of ${words}`,
  atStep: (step: number) => `step ${step}`,
  chosen: 'Weights of',
  parent: 'step 0, the model as it was',
  trained: 'Trained',
  trainedParameters: (parameters: string) => `${parameters} parameters`,
  modelSize: 'Model',
  took: 'Last run',
  resumedFrom: (step: number) => `from step ${step} on`,

  exportTitle: 'Trained model',
  exportHint:
    'Writes the model with every file it needs, a card, the recipe and the curve into a new folder, and proves that it runs alike.',
  exportFolder: 'Choose the folder to export into',
  exportTo: 'Export to a folder…',
  addToLibrary: 'Add it to the library',
  added: 'The library has it now.',
  inspect: 'Inspect it',
  unmeasured:
    'Its errors on a set that chose nothing are not measured yet: run a study on it, or compare it there.'
}
