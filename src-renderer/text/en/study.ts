import type { GateMetric } from '@contract/gate'
import type { EstimateBasis } from '@contract/study-estimate'
import type {
  BudgetScope,
  BudgetUnit,
  CalibrationMode,
  GridRankPolicy,
  LowRankMethod,
  Precision
} from '@contract/recipe'
import type { PresetId } from '../../recipes/presets'

/** Text of the study editor. */
export const study = {
  title: 'Study',
  untitled: 'Untitled study',
  emptyTitle: 'Set up a study',
  empty:
    'A study makes many smaller versions of one model and measures each of them, beside the original and plain int8. Begin with a first comparison, or open a recipe.',
  begin: 'New study',
  openFile: 'Open a recipe…',
  openTitle: 'Open a recipe',
  loading: 'Connecting…',

  drafts: 'Draft',
  newDraft: 'New',
  duplicate: 'Duplicate',
  duplicated: (name: string) => `${name} (copy)`,
  deleteDraft: 'Delete draft',
  deleted: (name: string) => `The draft “${name}” is deleted.`,
  undo: 'Undo (Ctrl+Z)',
  redo: 'Redo (Shift+Ctrl+Z)',
  kept: 'Kept in this browser',
  keeping: 'Keeping…',
  notKept: 'This browser keeps nothing: download the recipe before you leave.',
  changedSinceFile: 'Changed since the file',
  folder: (path: string) => `Relative paths start from ${path}`,

  presetsTitle: 'Begin with',
  presetHint: 'Replaces the trials below; model, data and settings stay. Undo brings yours back.',
  presets: {
    'first-comparison': 'First comparison',
    'rank-policies': 'Rank policies',
    'precision-ladder': 'Precision ladder',
    'leave-one-out': 'Leave one layer out',
    'layer-by-layer': 'Layer by layer'
  } satisfies Record<PresetId, string>,
  presetHints: {
    'first-comparison': 'Plain SVD against activation-aware low rank at five sizes, and int8 on top.',
    'rank-policies': 'Five ways to share the same budget among the layers.',
    'precision-ladder': 'Every number format, alone and on top of low rank.',
    'leave-one-out': 'All layers cut to half; each trial leaves one of them dense.',
    'layer-by-layer': 'Each trial cuts one layer alone, to a half and to a quarter.'
  } satisfies Record<PresetId, string>,
  readingLayers: 'Reading the layers of the model…',
  modelFirst: 'Choose a model first: this preset makes one trial for each of its layers.',
  noLayers: 'None of the model’s layers can be cut alone with the roles left in below.',

  basics: 'Name, model and data',
  name: 'Name',
  nameHint: 'Names the results; a study of the same name and trials goes on where it stopped.',
  description: 'Description',
  descriptionHint: 'For whoever reads the results later. Optional.',
  model: 'Model',
  modelHint: 'Folder with the ONNX file and what belongs to it.',
  calibrationSet: 'Calibration set',
  calibrationSetHint: 'Its audio gives the statistics that methods adapt to; never scored.',
  developmentSet: 'Development set',
  developmentSetHint: 'Gates are decided on it. Optional: without it they are decided on the evaluation set.',
  evaluationSet: 'Evaluation set',
  evaluationSetHint: 'Its transcripts give the reported numbers. May share no recording with the others.',
  choose: 'Choose…',
  chooseFor: (label: string) => `Choose: ${label}`,
  clear: 'Clear',
  fromLibrary: 'From the library',
  pathPlaceholder: 'Path',

  gridsTitle: 'Grids',
  gridsHint: 'A grid makes one trial for every combination of what is marked in it.',
  grid: (number: number) => `Grid ${number}`,
  addGrid: 'Add a grid',
  removeGrid: (number: number) => `Remove grid ${number}`,
  copyGrid: (number: number) => `Duplicate grid ${number}`,
  noGrids: 'No grid: only the original, int8, and what is listed elsewhere will run.',
  trialCount: (count: number) => (count === 1 ? '1 combination' : `${count} combinations`),
  methods: 'Methods',
  methodsHint: 'How a matrix is split into two thin ones.',
  methodNames: {
    'weight-svd': 'Plain SVD',
    asvd: 'ASVD',
    'whitened-svd': 'Whitened SVD',
    'output-pca': 'Output PCA'
  } satisfies Record<LowRankMethod, string>,
  methodHints: {
    'weight-svd': 'Looks at the weights only.',
    asvd: 'Scales inputs by how large they usually are.',
    'whitened-svd': 'Loses least on inputs like the calibration set.',
    'output-pca': 'Keeps the directions in which outputs vary; corrects the bias.'
  } satisfies Record<LowRankMethod, string>,
  fractions: 'Kept fractions',
  fractionsHint: 'What is kept ÷ what was there, such as 0.8, 0.5. Between 0 and 1, separated by commas.',
  unit: 'Counted in',
  unitHint: 'What the fraction counts.',
  units: {
    parameters: 'parameters',
    bytes: 'bytes',
    macs: 'multiply-accumulates',
    milliseconds: 'predicted milliseconds'
  } satisfies Record<BudgetUnit, string>,
  scope: 'Of',
  scopeHint: 'What the fraction is a part of.',
  scopes: { layers: 'the cut layers', model: 'the whole model' } satisfies Record<BudgetScope, string>,
  policies: 'Rank policies',
  policiesHint: 'Who gets which rank. Uniform always runs beside the others.',
  policyNames: {
    uniform: 'Uniform',
    energy: 'Energy',
    'water-filling': 'Water-filling',
    'effective-rank': 'Effective rank',
    sensitivity: 'Sensitivity'
  } satisfies Record<GridRankPolicy, string>,
  precisions: 'Number formats',
  precisionsHint: 'Format of the finished model, on top of low rank.',
  precisionNames: {
    float32: 'float32',
    float16: 'float16',
    int8: 'int8 dynamic',
    'int8-convolutions': 'int8 + convolutions',
    'int8-weights': 'int8 weights',
    'int4-weights': 'int4 weights'
  } satisfies Record<Precision, string>,
  refit: 'Fit again',
  refitHint: 'Fits one factor and the bias anew once the rank is known.',
  calibration: 'Statistics from',
  calibrationHint: 'Sequential sees what earlier layers have lost; slower.',
  calibrations: {
    original: 'the original model',
    sequential: 'the model cut so far (sequential)'
  } satisfies Record<CalibrationMode, string>,

  wholeTitle: 'Number formats alone',
  wholeHint:
    'The whole model in these formats without low rank. Dynamic int8 always runs: it is the yardstick.',
  fuseAttention: 'Attention in one operator',
  fuseAttentionHint:
    'Every tier but the baseline uses ONNX Runtime’s fused attention where Lathe understands it: the same numbers, faster on long recordings.',

  plansTitle: 'Ranks by hand',
  plansHint: 'One trial for each list of ranks: from a plan file, from Inspect, or written in the recipe.',
  plan: (number: number) => `Plan ${number}`,
  addPlanFile: 'Add a plan file…',
  addPlanDraft: 'Add the plan from Inspect',
  planFile: 'Plan file',
  method: 'Method',
  inlineRanks: (cut: number, named: number) =>
    cut === named && cut === 1
      ? 'A rank for 1 layer, in the recipe'
      : `Ranks for ${cut === named ? cut : `${cut} of ${named}`} layers, in the recipe`,
  morePlans: (count: number) => `Show ${count} more`,
  removePlan: (name: string) => `Remove ${name}`,
  removeAllPlans: 'Remove all',
  fromInspect: 'ranks from Inspect',
  noPlans: 'No ranks by hand.',

  layersTitle: 'Which layers are cut',
  leaveRoles: 'Leave dense',
  leaveRolesHint:
    'Roles that no grid cuts. The head decides every output; the others lie outside the blocks.',
  include: 'Only layers',
  includeHint: 'Ids as in Inspect, one per line; * stands for any text. Empty: all.',
  exclude: 'Never layers',
  excludeHint: 'The same, for layers that stay as they are.',
  rankMultiple: 'Ranks in steps of',
  rankMultipleHint: 'Rounded down to a multiple; “measured” takes the step of this machine’s kernels.',
  measured: 'measured on this machine',
  minimumRank: 'Smallest rank',
  minimumRankHint: 'No layer gets less.',
  damping: 'Damping',
  dampingHint: 'Added to the statistics’ diagonal, as a fraction of its mean.',

  evaluationTitle: 'Measuring',
  threads: 'Threads',
  threadsHint: 'A condition of every latency; more threads are another measurement.',
  warmup: 'Warm-up utterances',
  warmupHint: 'Run before timing starts.',
  normalizer: 'Text normalizer',
  normalizerHint: 'Applied to both texts before words are counted.',
  normalizers: {
    none: 'none (white space only)',
    basic: 'basic',
    'whisper-english': 'Whisper English'
  },
  seed: 'Seed',
  seedHint: 'Of the confidence intervals.',
  bootstrapUnit: 'Intervals drawn by',
  bootstrapUnitHint: 'By speaker where recordings of one speaker err alike.',
  bootstrapUnits: { utterance: 'utterance', speaker: 'speaker' },
  resample: 'Resample audio',
  resampleHint: 'Otherwise audio at another rate than the model’s is refused.',
  skipUnreadable: 'Leave out unreadable recordings',
  skipUnreadableHint: 'Named and counted; otherwise the first one stops the trial.',
  throughput: 'Measure throughput too',
  throughputHint: 'Runs the set once more, in padded batches.',
  stopWhenDecided: 'Stop when gates are decided',
  stopWhenDecidedHint: 'Ends a trial early once its error-rate gates are clear.',

  gatesTitle: 'Gates',
  gatesHint: 'What a tier must reach to be of use. Rates are fractions: 0.005 is half a percentage point.',
  addGate: 'Add a gate',
  addPreset: 'Add the gates “Olive streaming”',
  presetGate: 'Olive streaming: error rate ≤ 9 %, at most +1 point, 2 × speed, under 2 GB',
  gate: (number: number) => `Gate ${number}`,
  removeGate: (number: number) => `Remove gate ${number}`,
  gateMetric: 'Figure',
  gateBound: 'Bound',
  gateValue: 'Value',
  gateReference: 'Against',
  atMost: 'at most',
  atLeast: 'at least',
  references: { baseline: 'the original', int8: 'plain int8' },
  metrics: {
    'error-rate': 'error rate',
    'error-rate-increase': 'error rate increase',
    speedup: 'speed-up',
    'real-time-factor': 'real-time factor',
    'size-bytes': 'bytes',
    'size-ratio': 'bytes ÷ reference’s',
    'peak-memory-bytes': 'peak memory in bytes'
  } satisfies Record<GateMetric, string>,
  noGates: 'No gates: every tier is shown, none is judged.',

  recipe: 'Recipe',
  recipeLabel: 'Recipe as JSON',
  copy: 'Copy',
  copied: 'Copied',
  download: 'Download',
  notJson: (line: number) =>
    `Line ${line}: this is not JSON. Check for a missing comma, quote or bracket there.`,
  wrongAt: (place: string, line: number, message: string) =>
    place === '' ? `Line ${line}: ${message}` : `Line ${line}, ${place}: ${message}`,
  stillEmpty: 'Still empty: needed before the start.',
  nothingChosen: 'Choose at least one.',
  noNumber: 'A number is needed here.',
  unknownKey: 'The recipe has no such key; check its spelling.',
  memberMissing: 'This is missing; add it.',
  noText: 'A text in quotes is needed here.',
  noList: 'A list in square brackets is needed here.',
  noObject: 'An object in curly brackets is needed here.',
  outOfRange: (limit: string) => `A number ${limit} is needed here.`,
  notOffered: (values: string) => `Lathe does not know this value; it knows: ${values}.`,
  /** What a file is that is opened as a recipe and is none. */
  foreign: {
    title: {
      study: (problem: string) => `This file is no study recipe: ${problem}`,
      training: (problem: string) => `This file is no training recipe: ${problem}`
    },
    'no-json': (line: number) => `it is not JSON, from line ${line} on.`,
    'no-object': (version: string) =>
      `it holds a list or a single value, and a recipe is an object with a ${version}.`,
    plan: 'it is a plan, that is the ranks of one tier.',
    'study-recipe': 'it is the recipe of a study.',
    'training-recipe': 'it is the recipe of a training.',
    'other-object': (version: string, member: string) =>
      `it has no ${version}, model or data sets; it begins with “${member}”.`,
    'empty-object': 'it is empty.',
    next: {
      study: 'Choose a file that Lathe has saved as a recipe, or begin a new study.',
      training: 'Choose a file that Lathe has saved as a training recipe, or begin a new training.',
      plan: 'Open or begin a study, and add it there under Ranks by hand.',
      'study-recipe': 'Open it in the Study view.',
      'training-recipe': 'Open it in the Training view.'
    }
  },
  goToLine: 'Go to the line',
  outOfSync: 'The form shows the recipe before the text went wrong. Mend the text, or',
  useForm: 'go back to the form',

  forecastTitle: 'Before you start',
  trials: (count: number) => (count === 1 ? '1 trial' : `${count} trials`),
  finishedTrials: (count: number) => `${count} of them finished already`,
  toRun: (count: number) => (count === 1 ? '1 to run' : `${count} to run`),
  finished: 'finished',
  trialList: 'Trials in their order',
  time: 'Time',
  disk: 'Disk',
  memory: 'Memory',
  audio: 'Audio per trial',
  about: (figure: string) => `≈ ${figure}`,
  upToNow: 'nothing left to do',
  unknown: 'not known',
  estimating: 'Reading model and data for an estimate…',
  checking: 'Checking…',
  old: 'of the recipe before the last change',
  notYet: 'Number of trials, time, disk and memory appear here once the recipe is complete.',
  estimateNote: 'Estimates, not measurements.',
  diskShortfall: (needed: string, free: string, folder: string) =>
    `Does not fit: needs about ${needed} of disk in ${folder}, ${free} are free.`,
  memoryShortfall: (needed: string, available: string) =>
    `Does not fit: needs about ${needed} of memory, ${available} are available.`,
  startAllTheSame: 'Start all the same',
  basis: {
    'same-model': 'from trials of this model here',
    'this-machine': 'from the speed of other models here',
    rule: 'by a rule'
  } satisfies Record<EstimateBasis, string>,
  basisTrials: (basis: string, trials: number) => (trials === 0 ? basis : `${basis} (${trials})`),
  assumedSpeed: (speed: string) => `by a rule: ${speed} multiply-accumulates per second`,
  sizeRule: 'from parameter counts, and the cached factors',
  memoryRule: 'by a rule from the model’s size',
  missing: 'Nothing is at',
  estimateFailed: 'There is no estimate:',
  fixFirst: 'Mend the recipe first:',

  start: 'Start the study',
  starting: 'Starting…',
  startKey: 'Ctrl+Enter',
  startFailed: 'The study was not started:',
  job: 'This study’s job',
  toJobs: 'Open in Jobs',
  toTradeOff: 'See the points',
  waitingJob: 'Waits for its turn.',
  cancelJob: 'Cancel',
  progress: (done: number, total: number) => `${done} of ${total} trials`,
  left: (wait: string) => `about ${wait} left`
}

export type StudyWords = typeof study
