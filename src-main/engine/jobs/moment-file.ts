import { WorkbenchError } from '@contract/errors'
import type { MomentSum } from '../../compression/second-moment'
import { matrix } from '../../linalg/matrix'
import { decodeArrays, encodeArrays } from '../../workspace/array-file'

/** Statistics of layer inputs as one cache entry, by `layerInputKey`. */
export function encodeMoments(sums: ReadonlyMap<string, MomentSum>): Uint8Array {
  const rowCounts = Object.fromEntries([...sums].map(([key, { rowCount }]) => [key, rowCount]))
  const arrays = [...sums].flatMap(([key, { sum, rowSum }]) => [
    [`${key} products`, sum.data] as const,
    [`${key} sums`, rowSum] as const
  ])
  return encodeArrays({ rowCounts }, Object.fromEntries(arrays))
}

/** @throws WorkbenchError `io` for an entry that lacks an array. */
export function decodeMoments(bytes: Uint8Array): ReadonlyMap<string, MomentSum> {
  const { header, arrays } = decodeArrays(bytes)
  const { rowCounts } = header as { rowCounts: Readonly<Record<string, number>> }
  return new Map(
    Object.entries(rowCounts).map(([key, rowCount]) => {
      const data = arrays[`${key} products`]
      const rowSum = arrays[`${key} sums`]
      if (!(data instanceof Float64Array && rowSum instanceof Float64Array)) {
        throw new WorkbenchError('io', `Cached statistics lack '${key}'; clear the workspace cache.`)
      }
      return [key, { sum: matrix(rowSum.length, rowSum.length, data), rowSum, rowCount }]
    })
  )
}
