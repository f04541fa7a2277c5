import { EngineClient } from '../engine/client'
import type { EngineLauncher } from '../engine/launcher'

/** Runs `work` with an engine of its own and ends the engine afterwards, whatever happened. */
export async function withEngine<T>(
  launcher: EngineLauncher,
  work: (engine: EngineClient) => Promise<T>
): Promise<T> {
  const engine = new EngineClient(launcher)
  try {
    return await work(engine)
  } finally {
    engine.close()
  }
}
