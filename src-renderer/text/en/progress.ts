/** What running jobs report. The keys are what engines and services send, which in English is shown as it came. */
export const progress = {
  /** `{0}`, `{1}`: names and numbers in the order in which they were sent. A stage that is not here is shown as it came. */
  stages: {
    train: 'train',
    'hear development set': 'hear development set',
    'calibrate on {0}': 'calibrate on {0}',
    'calibrate stage {0} of {1} on {2}': 'calibrate stage {0} of {1} on {2}',
    'factorise with {0}': 'factorise with {0}',
    decompose: 'decompose',
    cut: 'cut',
    'cut and refit': 'cut and refit',
    'evaluate on {0}': 'evaluate on {0}',
    'measure throughput': 'measure throughput',
    'compare latency turn by turn': 'compare latency turn by turn',
    'wait for the trial of another Lathe process in this workspace':
      'wait for the trial of another Lathe process in this workspace',
    'run the original on {0}': 'run the original on {0}',
    'time the original': 'time the original',
    'time this machine': 'time this machine',
    'time models': 'time models',
    'training steps': 'training steps',
    'measure sensitivity': 'measure sensitivity',
    'read {0}': 'read {0}',
    listen: 'listen',
    'speak {0}': 'speak {0}',
    'export models': 'export models'
  },
  /** What is counted in a stage. */
  units: {
    utterances: 'utterances',
    batches: 'batches',
    steps: 'steps',
    weights: 'weights',
    runs: 'runs',
    rounds: 'rounds',
    models: 'models',
    shapes: 'shapes',
    trials: 'trials'
  },
  /** What may follow the name of a trial. */
  tries: {
    'second try': 'second try',
    'its model again': 'its model again'
  }
}
