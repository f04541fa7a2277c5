import { throwIfCancelled } from '../base/abort'
import { claimTrial, type Release } from '../workspace/claim'
import type { ServiceOptions } from './requests'

const pollMilliseconds = 200

/**
 * Waits until no other process runs a trial in the workspace in `folder`, and claims the next turn. Two processes take
 * turns, so neither computes what the other has in hand, and neither slows down what the other measures.
 *
 * @throws WorkbenchError `cancelled` while waiting; `io` as `claimTrial`.
 */
export async function waitForTurn(
  folder: string,
  title: string,
  { signal, onProgress }: ServiceOptions
): Promise<Release> {
  for (;;) {
    const release = claimTrial(folder)
    if (release !== undefined) return release
    const stage = `${title}: wait for the trial of another Lathe process in this workspace`
    onProgress?.({ stage, completed: 0, total: 1, unit: 'trials' })
    await new Promise((resolve) => setTimeout(resolve, pollMilliseconds))
    if (signal !== undefined) throwIfCancelled(signal)
  }
}
