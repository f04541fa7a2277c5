import process from 'node:process'
import { throwIfCancelled } from '../../base/abort'
import type { SpeechRecognizer } from '../../speech/families/family'
import type { BenchStreamParams, EngineRequests } from '../protocol'
import type { JobContext } from '../serve'
import { chosenAudio } from './bench-latency'
import type { BuildSession } from './build-session'

/**
 * Hears a share of the recordings one after the other, as fast as it goes. Several engines doing so at once are timed by the
 * moments they give: from the first that starts to the last that ends.
 */
export async function benchStream(
  session: BuildSession,
  params: BenchStreamParams,
  context: JobContext
): Promise<EngineRequests['bench.stream']['result']> {
  const audios = await chosenAudio(session, params)
  const own = audios.filter((_, index) => index % params.engines === params.engine)
  return session.withOriginal(async (recognizer: SpeechRecognizer) => {
    // Not counted: memory is laid out, and the other engines get ready meanwhile.
    for (const audio of own.slice(0, 4)) await recognizer.recognize(audio)
    const [start, before] = [epochMilliseconds(), process.cpuUsage()]
    for (const audio of own) {
      throwIfCancelled(context.signal)
      await recognizer.recognize(audio)
    }
    const { user, system } = process.cpuUsage(before)
    return {
      startedAt: start,
      endedAt: epochMilliseconds(),
      processorMilliseconds: (user + system) / 1000,
      audioSeconds: own.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0)
    }
  })
}

/** A clock that all processes of a machine share. */
function epochMilliseconds(): number {
  return performance.timeOrigin + performance.now()
}
