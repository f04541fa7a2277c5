import { numbers } from './numbers'

/** Text of the trade-off view: its charts, the table of trials, budgets and pins. */
export const tradeOff = {
  title: 'Errors against cost',
  nothingMeasured: 'No trial has been measured yet. Run the study again: it goes on where it stopped.',
  chart: {
    range: numbers.range,
    costs: {
      size: { label: 'Size', title: 'Size of the model (MB)', short: 'Size (MB)' },
      parameters: { label: 'Parameters', title: 'Parameters (millions)', short: 'Parameters (M)' },
      macs: {
        label: 'MACs',
        title: 'Multiply-accumulates per second of audio (millions)',
        short: 'MACs (M)'
      },
      latency: { label: 'Latency', title: 'Median latency per utterance (ms)', short: 'Latency (ms)' },
      speed: { label: 'RTFx', title: 'Times faster than real time (faster to the left)', short: 'RTFx' },
      memory: { label: 'Memory', title: 'Peak memory of the process (MB)', short: 'Memory (MB)' }
    },
    kept: 'Kept (%)',
    wordErrorRate: 'Word error rate (%)',
    classificationError: 'Classification error (%)',
    wordErrorRateShort: 'WER (%)',
    classificationErrorShort: 'Error (%)',
    description: (error: string, cost: string) =>
      `Chart of ${error} against ${cost}; the table below has the same numbers.`,
    parallelTitle: 'All figures at once',
    parallelDescription:
      'Every trial as a line across all its figures; ranges of the axes choose trials, and the table below has the same numbers.',
    parallelHint: 'Drag along an axis to choose a range; click an axis to let it go.',
    sampled: (drawn: number, all: number) => `${drawn} of ${all} lines are drawn; ranges choose among all.`,
    axis: 'Cost',
    errorScale: 'Error axis',
    costScale: 'Cost axis',
    linear: 'Linear',
    logarithmic: 'Log',
    bars: 'Intervals',
    unmeasured: (names: string) => `Not measured, so only in the table: ${names}.`,
    belowScale: (names: string) => `Without errors, which a logarithmic axis cannot show: ${names}.`,
    andMore: (count: number) => `and ${count} more`,
    tooltip: {
      wordErrorRate: 'Word error rate',
      classificationError: 'Classification error',
      interval: '95 % interval',
      characterErrorRate: 'Character error rate',
      versusBaseline: 'Points vs baseline',
      kept: 'Parameters kept',
      parameters: 'Parameters',
      size: 'Size',
      latency: 'Latency p50',
      speed: 'Times real time',
      batchedSpeed: 'Times real time in batches'
    },
    remarks: {
      int8IsBetter: 'int8 alone is better',
      broken: (count: number, flag: string) => `${count} ${flag}`,
      notReadable: (count: number) => `${count} not readable`,
      stopped: (after: number, planned: number) => `stopped after ${after} of ${planned}`
    },
    brushHint: 'Drag over the chart to choose trials.'
  },
  key: {
    hollow: 'hollow: int8 alone is better',
    stairs: 'least error measured up to that cost',
    interval: '95 % interval',
    pinned: 'ring: pinned'
  },
  selection: {
    count: (chosen: number, all: number) => `${chosen} of ${all} trials`,
    all: (count: number) => `${count} trials`,
    clear: 'Show all',
    search: 'Search trials',
    nothing: 'No trial fits. Widen the ranges or clear the search.'
  },
  table: {
    label: 'Trials',
    columns: 'Columns',
    onlyDifferent: 'Only what differs',
    pin: (name: string) => `Pin ${name}`,
    unpin: (name: string) => `Unpin ${name}`,
    pinColumn: 'Pinned'
  },
  columns: {
    name: { title: 'Trial' },
    method: { title: 'Method' },
    precision: { title: 'Format', explanation: 'Number format of the weights' },
    policy: { title: 'Policy', explanation: 'How the ranks of all layers were chosen' },
    target: { title: 'Target', explanation: 'Share that was to be kept' },
    unit: { title: 'Budget', explanation: 'What the target counts, and over what' },
    calibration: { title: 'Statistics', explanation: 'What the activations were taken from' },
    refit: { title: 'Refit', explanation: 'Whether up factor and bias were fitted again' },
    kept: { title: 'Kept', explanation: 'Parameters kept in the compressed linear layers' },
    wer: { title: 'WER', explanation: 'Word error rate' },
    'error-rate': { title: 'Error rate', explanation: 'Share of recordings whose label is not found' },
    interval: {
      title: '95 % interval',
      explanation: 'Interval of the error rate; sorted by its upper end'
    },
    cer: { title: 'CER', explanation: 'Character error rate' },
    accuracy: { title: 'Accuracy', explanation: 'Share of recordings whose label is the best of the model' },
    'top-3': { title: 'Top 3', explanation: 'Share of recordings whose label is among the 3 best' },
    'top-5': { title: 'Top 5', explanation: 'Share of recordings whose label is among the 5 best' },
    'vs-baseline': {
      title: 'vs baseline',
      explanation: 'Error rate minus that of the baseline over the same recordings, in percentage points'
    },
    parameters: { title: 'Parameters' },
    size: { title: 'Size' },
    macs: { title: 'MACs/s', explanation: 'Multiply-accumulates per second of audio' },
    p50: { title: 'p50', explanation: 'Median latency per utterance' },
    p95: { title: 'p95', explanation: 'Latency that 95 % of the utterances stay below' },
    speed: { title: 'RTFx', explanation: 'How many times faster than real time' },
    'batched-speed': {
      title: 'Batched RTFx',
      explanation: 'How many times faster than real time in padded batches'
    },
    speedup: {
      title: 'Speed-up',
      explanation: 'How many times faster than the baseline, measured turn by turn, with its 95 % interval'
    },
    memory: {
      title: 'Peak memory',
      explanation: 'Highest memory of a process that only evaluates this model'
    },
    remark: {
      title: 'Remark',
      explanation:
        'Beaten by plain int8 in errors, size and latency; utterances whose text is broken, by kind'
    }
  },
  states: {
    pending: 'pending',
    running: 'running',
    completed: 'completed',
    failed: 'failed',
    poisoned: 'poisoned',
    cancelled: 'cancelled'
  },
  yes: 'yes',
  no: 'no',
  budget: {
    title: 'Best under a budget',
    size: 'At most this size',
    latency: 'At most this latency',
    error: 'At most this error',
    fewestErrors: 'Fewest errors',
    smallest: 'Smallest',
    none: 'No tier stays within all three. Allow more of one of them.',
    count: (count: number) => (count === 1 ? '1 trial fits' : `${count} trials fit`),
    reset: 'Allow all'
  },
  gates: {
    title: 'Gates',
    none: 'The recipe names no gates.',
    verdicts: { passed: 'passed', failed: 'failed', undecided: 'undecided' },
    metrics: {
      'error-rate': 'Error rate',
      'error-rate-increase': 'Added errors',
      speedup: 'Speed-up',
      'real-time-factor': 'Real-time factor',
      'size-bytes': 'Size',
      'size-ratio': 'Share of the size',
      'peak-memory-bytes': 'Peak memory'
    },
    atMost: (bound: string) => `at most ${bound}`,
    atLeast: (bound: string) => `at least ${bound}`,
    notMeasured: 'not measured'
  },
  pins: {
    title: 'Pinned tiers',
    none: 'Pin tiers in the table or by a click on a mark: they are ringed on every chart and can be compared, heard and exported.',
    name: 'Name',
    compare: 'Compare and listen'
  }
}
/** What the charts and the table of trials need of it. */
export type TradeOffWords = typeof tradeOff
