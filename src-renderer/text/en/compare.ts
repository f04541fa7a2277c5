/** Text of the compare view. */
export const compare = {
  title: 'Compare and listen',
  panes: {
    label: 'Show',
    utterances: 'Utterances',
    differences: 'Differences',
    own: 'Your own recording'
  },

  tiers: 'Tiers side by side',
  addTier: 'Add a tier…',
  pinned: 'Pinned',
  allTiers: 'All finished tiers',
  removeTier: (name: string) => `Take ${name} out of the comparison`,
  tooFew:
    'A comparison needs two finished tiers. This study has fewer so far: run it, or resume it under Jobs.',
  toJobs: 'Go to Jobs',
  noRate: 'not measured',

  order: 'Order',
  orders: { worst: 'Worst first', changed: 'Most changed first', recorded: 'As recorded' },
  filter: 'Show only',
  filters: { all: 'All', wrong: 'With errors', changed: 'Tiers disagree', flagged: 'Flagged' },
  search: 'Search words or speaker',
  count: (matching: number, total: number) =>
    matching === total ? `${total} utterances` : `${matching} of ${total} utterances`,
  list: 'Utterances',
  noMatch: 'No utterance matches. Show all, or search for something else.',
  showAll: 'Show all',
  loading: 'Loading…',
  errorsOf: (letter: string, errors: number) => `${letter} ${errors}`,
  errorsSpoken: (letter: string, errors: number) =>
    `${letter}: ${errors === 1 ? '1 error' : `${errors} errors`}`,
  unheard: (letter: string) => `${letter} –`,
  choose: 'Choose an utterance to see it word by word and to hear it.',

  speaker: (name: string) => `Speaker ${name}`,
  seconds: (seconds: string) => `${seconds} s`,
  referenceLetter: 'Ref',
  tier: 'Tier',
  errors: 'Errors',
  errorsOfTotal: (errors: number, total: number) => `${errors} of ${total}`,
  time: 'Time',
  size: 'Size',
  remarks: 'Remarks',
  notHeard: 'did not hear this recording',
  labelPlace: (place: number | null) =>
    place === null ? 'right label not among the best ten' : `right label in place ${place}`,
  flags: {
    empty: 'empty',
    truncated: 'cut short',
    runaway: 'far too long',
    repeated: 'repeats itself'
  } as Readonly<Record<string, string>>,
  legend: 'How errors are marked',
  marks: { substitution: 'other word', deletion: 'left out', insertion: 'added' },
  spoken: {
    substitution: (heard: string, said: string) => `${heard}, instead of ${said}`,
    deletion: (said: string) => `left out: ${said}`,
    insertion: (heard: string) => `added: ${heard}`
  },
  lines: 'Transcripts, word under word',
  normalized: 'Words are shown as they were compared, after the text normalizer.',

  sound: 'Recording',
  loadingSound: 'Loading the sound…',
  play: 'Play',
  pause: 'Pause',
  position: 'Position in the recording',
  positionText: (at: string, length: string) => `${at} of ${length} seconds`,
  speed: 'Speed',
  keys: 'Space plays, ← → move by a second, ↑ ↓ choose another utterance.',
  keysOwn: 'Space plays, ← → move by a second.',
  pointTo: 'Show where the data set is…',
  pointToTitle: 'Where is the evaluation set of this study?',
  tryAgain: 'Try again',

  differencesTitle: 'Who makes fewer errors?',
  differencesExplained:
    'Each cell is the error rate of the tier in the row minus that of the tier in the column, in percentage points over the utterances that both heard, with the 95 % interval of a paired bootstrap. An interval without 0 is larger than the choice of utterances explains.',
  manyPairs: (pairs: number) =>
    `Each interval stands for itself. Among ${pairs} pairs without any real difference, about ${(pairs * 0.05).toFixed(1)} would still look significant.`,
  comparing: 'Comparing the tiers…',
  row: 'Tier',
  verdicts: { fewer: 'fewer errors', more: 'more errors', undecided: 'not decided' },
  inWords: 'In words',
  sentence: {
    fewer: (tier: string, versus: string, points: string, lower: string, upper: string) =>
      `${tier} makes ${points} points fewer errors than ${versus}, 95 % interval ${lower} to ${upper}: significant.`,
    more: (tier: string, versus: string, points: string, lower: string, upper: string) =>
      `${tier} makes ${points} points more errors than ${versus}, 95 % interval ${lower} to ${upper}: significant.`,
    undecided: (tier: string, versus: string, points: string, lower: string, upper: string) =>
      `${tier} and ${versus}: difference ${points} points, 95 % interval ${lower} to ${upper}: not significant.`
  },
  nothingCommon: 'no common utterance',

  ownTitle: 'Let every tier hear your own recording',
  ownExplained:
    'Record yourself or open a sound file (WAV, FLAC, MP3, Ogg Opus or Vorbis), or drop one here. It stays on this computer and is deleted as soon as the tiers have heard it.',
  record: 'Record',
  stopRecording: 'Stop and transcribe',
  discardRecording: 'Discard',
  recording: (seconds: string) => `Recording, ${seconds} s`,
  level: 'Loudness',
  openFile: 'Open a sound file…',
  dropHere: 'Drop the sound file to let the tiers hear it',
  again: 'Let the tiers hear it again',
  stop: 'Stop',
  sending: (share: string) => `Sending the sound, ${share}`,
  listening: 'hears it now…',
  waiting: 'waits',
  stopped: 'stopped',
  against: (letter: string) => `Differences are marked against ${letter}.`,
  resampled: (from: string, to: string) => `Resampled from ${from} Hz to ${to} Hz, which the model hears.`,
  timeExplained: 'Time is that of a second run, as for every later recording; loading the model is extra.',
  load: 'Loading',
  probability: (label: string, percent: string) => `${label} ${percent}`,
  nothingHeard: 'nothing heard',
  myRecording: 'my-recording.wav',
  tooLarge: (limit: string) => `The file is larger than ${limit}: cut it, or open a shorter one.`,
  emptyFile: 'The file is empty: open another one.',
  cannotPlay: 'This browser cannot play the file, but the tiers may still hear it.',
  noMicrophone: 'There is no microphone that the browser can use: connect one, or open a sound file.',
  microphoneDenied:
    'The browser does not let Lathe use the microphone: allow it for this page in the browser, then record again.',
  microphoneFailed: (reason: string) => `The microphone did not start (${reason}): open a sound file instead.`
}
