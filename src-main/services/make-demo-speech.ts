import { resolve } from 'node:path'
import { shippedDemoParts, type DemoPart, type DemoSpeechSummary } from '@contract/demo-speech'
import type { EngineLauncher } from '../engine/launcher'
import type { ServiceOptions } from './requests'
import { withEngine } from './with-engine'

export interface DemoSpeechRequest {
  /** `shipped`: every part that Lathe carries. */
  readonly part: DemoPart | 'shipped'
  readonly outputFolder: string
  readonly seed: number
}

/**
 * Makes parts of the demo's speech with espeak-ng; same seed and same espeak-ng, same sound.
 *
 * @throws WorkbenchError `not-found` naming the program that has to be installed, `cancelled`.
 */
export function makeDemoSpeech(
  launcher: EngineLauncher,
  { part, outputFolder, seed }: DemoSpeechRequest,
  options: ServiceOptions = {}
): Promise<readonly DemoSpeechSummary[]> {
  const parts = part === 'shipped' ? shippedDemoParts : [part]
  return withEngine(launcher, async (engine) => {
    const made: DemoSpeechSummary[] = []
    for (const each of parts) {
      const params = { part: each, seed, outputFolder: resolve(outputFolder) }
      made.push(await engine.request('demo.speech', params, options))
    }
    return made
  })
}
