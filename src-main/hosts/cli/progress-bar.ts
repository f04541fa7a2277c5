import type { Progress } from '@contract/progress'
import { Presets, SingleBar } from 'cli-progress'

/** Shows how far a job is. On anything but a terminal it writes a line per stage, so that logs stay readable. */
export interface ProgressDisplay {
  update(progress: Progress): void
  /** Removes the bar, so that other text can be written. */
  clear(): void
}

/** A display on standard error, where it never mixes with results; silent when `quiet`. */
export function createProgressDisplay(quiet: boolean): ProgressDisplay {
  if (quiet) return { update: () => undefined, clear: () => undefined }
  return process.stderr.isTTY ? terminalBar() : stageLines()
}

function terminalBar(): ProgressDisplay {
  let bar: SingleBar | undefined
  let stage = ''
  const clear = () => {
    bar?.stop()
    bar = undefined
  }
  return {
    clear,
    update(progress) {
      if (bar === undefined || stage !== progress.stage) {
        clear()
        stage = progress.stage
        bar = new SingleBar(
          {
            format:
              '{stage} [{bar}] {value}/{total} {unit}  {duration_formatted} so far, {eta_formatted} left',
            stream: process.stderr,
            hideCursor: true,
            clearOnComplete: true,
            barsize: 24,
            etaBuffer: 50
          },
          Presets.legacy
        )
        bar.start(progress.total, progress.completed, { stage: progress.stage, unit: progress.unit })
      }
      bar.update(progress.completed)
    }
  }
}

function stageLines(): ProgressDisplay {
  let stage = ''
  return {
    clear: () => undefined,
    update(progress) {
      if (progress.stage === stage) return
      stage = progress.stage
      process.stderr.write(`${progress.stage} (${progress.total} ${progress.unit})\n`)
    }
  }
}
