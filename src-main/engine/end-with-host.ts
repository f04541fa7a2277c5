import { Worker } from 'node:worker_threads'

const lookMilliseconds = 500

/**
 * As text, since a worker is a file or a text, and this file is bundled with others. Only the process that started this one
 * can be its parent: once that is gone, the system gives it another, or on Windows keeps the number of none.
 */
const watch = `
  const host = process.ppid
  setInterval(() => {
    try {
      if (process.ppid === host) {
        process.kill(host, 0)
        return
      }
    } catch (error) {
      if (error.code !== 'ESRCH') return
    }
    process.kill(process.pid, 'SIGKILL')
  }, ${lookMilliseconds})
`

/**
 * Ends this process within a second of the end of the one that started it, whatever its main thread is doing: inside the
 * runtime no message and no closed channel is noticed, and a model may run for ever there.
 */
export function endWithHost(): void {
  const worker = new Worker(watch, {
    eval: true,
    // It holds one timer; what it could take belongs to the models that are measured here.
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 }
  })
  worker.unref()
}
