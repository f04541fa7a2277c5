/** LSTM, GRU and RNN: X [frames, batch, in], weights [directions, gates * hidden, in]. */
import { readInt } from '../ir/attribute'
import { inferredValue, type Dim } from './inferred-value'
import { contradiction, type RuleFamily, type ShapeRule } from './shape-rule'

/** Outputs Y, the last hidden state and, for LSTM, the last cell state. */
const recurrent: ShapeRule = ({ node, input }) => {
  const { dataType, dims } = input(0)
  const weight = input(1).dims
  const recurrence = input(2).dims
  const inFeatures = dims?.[2]
  const weightIn = weight?.[2]
  if (inFeatures !== undefined && weightIn !== undefined && inFeatures !== weightIn) {
    throw contradiction(node, `the input has ${inFeatures} features, expected ${weightIn}`)
  }
  const hiddenSize = readInt(node, 'hidden_size', 0)
  const hidden: Dim = hiddenSize > 0 ? hiddenSize : recurrence?.[2]
  const directions: Dim = weight?.[0] ?? recurrence?.[0]
  // Layout 1 (opset 14) puts the batch first everywhere.
  const isBatchFirst = readInt(node, 'layout', 0) === 1
  const [frames, batch] = isBatchFirst ? [dims?.[1], dims?.[0]] : [dims?.[0], dims?.[1]]
  const all = isBatchFirst ? [batch, frames, directions, hidden] : [frames, directions, batch, hidden]
  const last = isBatchFirst ? [batch, directions, hidden] : [directions, batch, hidden]
  return [inferredValue(dataType, all), inferredValue(dataType, last), inferredValue(dataType, last)]
}

export const recurrentRules: RuleFamily = { LSTM: recurrent, GRU: recurrent, RNN: recurrent }
