import type { BenchFigure, BenchSection } from '@contract/bench-report'
import { throwIfCancelled } from '../../base/abort'
import { benchFigure } from '../../evaluation/bench-figure'
import type { Audio } from '../../speech/audio/audio'
import type { SpeechRecognizer } from '../../speech/families/family'
import { openSpeechModel } from '../../speech/families/open-speech-model'
import type { TrialMaking } from '../../study/trial-spec'
import type { BenchParams } from '../protocol'
import type { JobContext } from '../serve'
import { timed } from './bench-elapsed'
import { benchMaking } from './bench-making'
import { buildModel } from './build-model'
import type { BuildSession } from './build-session'
import { openDataset } from './dataset'
import { spread } from './model-walk'

const makings: readonly { readonly name: string; readonly making: TrialMaking }[] = [
  { name: 'baseline', making: { kind: 'baseline' } },
  { name: 'low rank, half the parameters', making: benchMaking(0.5) },
  { name: 'int8', making: { kind: 'quantize', precision: 'int8' } },
  { name: 'low rank, half, int8', making: benchMaking(0.5, { precision: 'int8' }) },
  {
    name: 'low rank, half, attention fused',
    making: { ...benchMaking(0.5), fuseAttention: true }
  },
  {
    name: 'int8 with convolutions, attention fused',
    making: { kind: 'quantize', precision: 'int8-convolutions', fuseAttention: true }
  },
  {
    name: 'low rank, half, int8 with convolutions, attention fused',
    making: { ...benchMaking(0.5, { precision: 'int8-convolutions' }), fuseAttention: true }
  }
]

/** Milliseconds of one recording. */
interface Heard {
  readonly whole: number
  readonly network: number
  readonly processor: number
}

/**
 * Times the same recordings with the baseline and its smaller forms, one recording at a time, models alternating: every busy
 * moment of the machine meets all of them.
 *
 * A quotient is of medians over the rounds, taken per recording.
 */
export async function benchLatency(
  session: BuildSession,
  params: BenchParams,
  context: JobContext
): Promise<BenchSection> {
  const { runs, evaluationThreads: threads } = params
  const audios = await chosenAudio(session, params)
  const recognizers: SpeechRecognizer[] = []
  try {
    for (const { making } of makings) {
      const { modelFile } = await buildModel(
        session,
        { ...session.params, making, evaluationThreads: threads },
        context
      )
      const { backend, description, clock } = session
      const source = { kind: 'file', path: modelFile } as const
      recognizers.push(await openSpeechModel(backend, description, source, { threads, clock }))
    }
    const times = recognizers.map(() => audios.map((): Heard[] => []))
    for (let round = 0; round <= runs; round++) {
      for (const [index, audio] of audios.entries()) {
        throwIfCancelled(context.signal)
        for (const [which, recognizer] of recognizers.entries()) {
          const heard = await hearTimed(session, recognizer, audio)
          if (round > 0) times[which]![index]!.push(heard)
        }
        await context.breathe()
      }
      context.progress({ stage: 'time models', completed: round, total: runs, unit: 'rounds' })
    }
    return {
      title: 'Latency of one recording',
      remarks: [
        `${threads} thread(s); ${audios.length} recordings, ${runs} rounds; features, network and text.`,
        'low rank: whitened-svd, uniform ranks, half the parameters of the compressed layers.'
      ],
      figures: makings.flatMap(({ name }, which) => latencyFigures(name, times[which]!, times[0]!))
    }
  } finally {
    for (const recognizer of recognizers) await recognizer.release()
  }
}

/** Some recordings of the evaluation set, in memory. */
export async function chosenAudio(
  session: BuildSession,
  { datasetPath, utterances }: Pick<BenchParams, 'datasetPath' | 'utterances'>
): Promise<Audio[]> {
  const dataset = await openDataset(datasetPath)
  return Promise.all(
    spread(dataset.utterances, utterances).map((utterance) => dataset.audio(utterance, session.resampleToHz))
  )
}

async function hearTimed(session: BuildSession, recognizer: SpeechRecognizer, audio: Audio): Promise<Heard> {
  let network = 0
  const { wall, processor } = await timed(session.clock, async () => {
    const { timings } = await recognizer.recognize(audio)
    network = timings.modelMilliseconds
  })
  return { whole: wall, network, processor }
}

function latencyFigures(
  name: string,
  times: readonly (readonly Heard[])[],
  baseline: readonly (readonly Heard[])[]
): BenchFigure[] {
  const medians = (of: readonly (readonly Heard[])[], key: keyof Heard) =>
    of.map(
      (heard) =>
        benchFigure(
          '',
          'ms',
          heard.map((each) => each[key])
        ).median
    )
  const whole = benchFigure(name, 'ms', medians(times, 'whole'))
  if (times === baseline) return [whole]
  const quotient = (label: string, key: keyof Heard) => {
    const own = medians(times, key)
    return benchFigure(
      `  ${label}`,
      'x',
      medians(baseline, key).map((before, index) => before / own[index]!)
    )
  }
  return [
    whole,
    quotient('faster than the baseline', 'whole'),
    quotient('in processor time', 'processor'),
    quotient('network alone', 'network')
  ]
}
