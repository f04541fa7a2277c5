import { WorkbenchError } from '@contract/errors'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'

/** What has nothing to do with the layer that is in hand when it happens. */
const outside: ReadonlySet<string> = new Set(['io', 'cancelled'])

/** Does some work for a layer; an error of it that names no layer yet names this one. */
export async function onLayer<T>({ id }: Pick<LinearLayer, 'id'>, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const isNamed = error instanceof WorkbenchError && /layer '/i.test(error.message)
    if (!(error instanceof WorkbenchError) || isNamed || outside.has(error.code)) throw error
    throw new WorkbenchError(error.code, `Layer '${id}': ${error.message}`, {
      details: error.details,
      cause: error
    })
  }
}
