import { env } from 'node:process'

/**
 * glibc moves the size from which it gives memory back to the system up to 32 MB when it sees large blocks freed, and small ones
 * that stay keep the rest of the heap from shrinking: of a model with thousands of layers that would double an engine. Here the
 * size stays at its first value. Other systems have no such variables.
 */
const environment = { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072' }

/**
 * New objects die in up to three spaces of 2 MB, not 16. And V8 collects its whole heap by what survives, which in an engine is
 * little beside what a decomposition leaves behind: with a first size of 64 MB no longer for every matrix.
 */
const heapOptions = ['--max-semi-space-size=2', '--initial-old-space-size=64']

/** What an engine's process is started with. */
export interface EngineProcessOptions {
  readonly env: NodeJS.ProcessEnv
  readonly execArgv: string[]
}

/** How every launcher starts an engine: what keeps its memory near to what it holds, with hardly a price in time. */
export const engineProcessOptions: EngineProcessOptions = {
  env: { ...environment, ...env },
  execArgv: ['--disable-warning=ExperimentalWarning', ...heapOptions]
}
