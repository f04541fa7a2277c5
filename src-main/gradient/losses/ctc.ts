/**
 * Connectionist temporal classification: −log of the probability of all alignments of the labels with the frames.
 *
 * The labels of an example are extended to S = 2·labels + 1 states, a blank around each. With e_t(s) the log
 * probability of state s's class in frame t and ⊕ = log-sum-exp,
 *   a_t(s) = α_{t−1}(s) ⊕ α_{t−1}(s−1) ⊕ [s may be reached from s−2] α_{t−1}(s−2),   α_t = a_t + e_t,
 *   b_t(s) = β_{t+1}(s) ⊕ β_{t+1}(s+1) ⊕ [s+2 may be reached from s] β_{t+1}(s+2),   β_t = b_t + e_t,
 *   log p  = ⊕_s (a_t + e_t + b_t) in any frame t,   γ_t = softmax_s(a_t + e_t + b_t),
 *   ∂(−log p)/∂logit_t(k) = softmax_t(k) − Σ_{s of class k} γ_t(s).
 * β is α of the frames and states in the opposite order, so one Scan over frames does both, as a batch twice as large: what a
 * Scan costs is starting the operators of its body, not their arithmetic. The gradient is carried, not differentiated.
 *
 * Source: Graves et al., Connectionist Temporal Classification (2006), equations 5 to 16, in log space.
 */
import { intAttribute, intsAttribute, stringAttribute } from '../../onnx/ir/attribute'
import type { Model } from '../../onnx/ir/model'
import { LossWriter, type LossGraph } from './loss-graph'

export interface CtcOptions {
  readonly name?: string
  /** [batch, frames, classes], before any softmax. */
  readonly logits: string
  /** int64 [batch, labels], filled up with any numbers; at least one column. */
  readonly labels: string
  /** int64 [batch]: frames that count, from the first. */
  readonly frameCounts: string
  /** int64 [batch]: labels that count, 0 allowed. */
  readonly labelCounts: string
  /** The class of the blank. Default 0. */
  readonly blank?: number
}

/** log 0 in float32 and float64 alike: a number that additions leave finite, so that no ∞ − ∞ arises. */
const logZero = -1e30

const lastAxis = { axis: intAttribute(-1) }
const firstAxis = { axis: intAttribute(0) }

/**
 * Adds the CTC loss: the mean of −log p(labels) over the batch.
 *
 * An example whose labels do not fit into its frames (p = 0) counts as 0 and gets the gradient 0; the mean is still
 * over the whole batch. Padding frames get the gradient 0.
 *
 * @throws WorkbenchError `invalid-input` when `logits` is no floating-point value of the model.
 */
export function addCtc(model: Model, options: CtcOptions): LossGraph {
  const { logits } = options
  const loss = new LossWriter(model, logits, 'ctc', options.name === undefined ? {} : { name: options.name })
  const { graph, dataType } = loss
  const batch = graph.sizeAt(logits, 0)
  const logProbabilities = graph.node('LogSoftmax', [logits], lastAxis)
  const lattice = writeLattice(loss, options, logProbabilities)
  const alignments = writeAlignments(loss, lattice)
  const firstFrame = graph.node('Gather', [alignments, graph.scalar(0, 'int64')], firstAxis)
  const logProbability = logSum(loss, firstFrame, -1)
  const feasible = graph.node('And', [
    graph.node('Greater', [logProbability, loss.scalar(logZero / 2)]),
    lattice.hasFrames
  ])
  const share = graph.node('Reciprocal', [graph.cast(batch, dataType)])
  const cost = graph.mul(graph.node('Neg', [logProbability]), share)

  // The states of every frame sum up to p, so γ is a softmax: it is exact in the sum, whatever rounding log p has met.
  const gamma = graph.node('Softmax', [alignments], lastAxis)
  const occupancy = graph.node(
    'ScatterElements',
    [
      graph.filled(graph.shapeOf(logits), 0, dataType),
      lattice.stateIndices,
      graph.node('Transpose', [gamma], { perm: intsAttribute([1, 0, 2]) })
    ],
    { ...lastAxis, reduction: stringAttribute('add') }
  )
  const slope = graph.sub(graph.node('Exp', [logProbabilities]), occupancy)
  const isCounted = graph.node('And', [graph.node('Unsqueeze', [feasible, graph.ints([1])]), lattice.isFrame])
  const gradient = graph.node('Where', [isCounted, graph.mul(slope, share), loss.scalar(0)])
  const counted = graph.node('Where', [feasible, cost, loss.scalar(0)])
  return loss.finishWithSum(counted, [{ input: logits, gradient }])
}

interface Lattice {
  /** [frames, batch, states]: log probability of each state's class. */
  readonly emissions: string
  /** [batch, states]: the class of each state. */
  readonly states: string
  /** [batch, frames, states]: the class of each state. */
  readonly stateIndices: string
  /** [batch, states] zeros in state 0, before which no frame is, else log 0. */
  readonly start: string
  /** [batch, states] zeros in the last state, else log 0. */
  readonly end: string
  /** [batch, frames, 1]: whether the frame counts. */
  readonly isFrame: string
  /** [batch, 1]: whether any frame counts. */
  readonly hasFrames: string
  /** int64 [batch]: frames that count, 1 where there are none. */
  readonly lengths: string
  readonly blank: number
}

function writeLattice(loss: LossWriter, options: CtcOptions, logProbabilities: string): Lattice {
  const { graph } = loss
  const { logits, labels, frameCounts, labelCounts, blank = 0 } = options
  const [one, two] = [graph.ints([1]), graph.ints([2])]
  const classes = graph.node('Unsqueeze', [graph.node('Max', [labels, graph.scalar(0, 'int64')]), two])
  const blanks = graph.node('Expand', [graph.scalar(blank, 'int64'), graph.node('Shape', [classes])])
  const pairs = graph.node('Concat', [blanks, classes], lastAxis)
  const batch = graph.sizeAt(logits, 0)
  const flatShape = graph.node('Concat', [batch, graph.ints([-1])], firstAxis)
  // blank, label, blank, label, ..., blank
  const lastBlank = graph.node('Expand', [
    graph.scalar(blank, 'int64'),
    graph.node('Concat', [batch, one], firstAxis)
  ])
  const states = graph.node('Concat', [graph.reshape(pairs, flatShape), lastBlank], lastAxis)
  const stateCount = graph.node('Gather', [graph.node('Shape', [states]), one])
  const frames = graph.sizeAt(logits, 1)
  const stateIndices = graph.node('Expand', [
    graph.node('Unsqueeze', [states, one]),
    graph.node('Concat', [batch, frames, stateCount], firstAxis)
  ])
  const emitted = graph.node('GatherElements', [logProbabilities, stateIndices], lastAxis)
  const range = (count: string) =>
    graph.node('Range', [
      graph.scalar(0, 'int64'),
      graph.reshape(count, graph.ints([])),
      graph.scalar(1, 'int64')
    ])
  const column = (vector: string) => graph.node('Unsqueeze', [vector, one])
  const numbers = range(stateCount)
  const isState = (number: string) => logIndicator(loss, graph.node('Equal', [numbers, number]))
  const first = graph.node('Expand', [
    graph.scalar(0, 'int64'),
    graph.node('Concat', [batch, one], firstAxis)
  ])
  const isFrame = graph.node('Less', [
    graph.node('Unsqueeze', [range(frames), one]),
    graph.node('Unsqueeze', [frameCounts, graph.ints([1, 2])])
  ])
  return {
    emissions: graph.node('Transpose', [emitted], { perm: intsAttribute([1, 0, 2]) }),
    states,
    stateIndices,
    start: isState(first),
    end: isState(graph.mul(column(labelCounts), two)),
    isFrame,
    hasFrames: graph.node('Greater', [column(frameCounts), graph.scalar(0, 'int64')]),
    lengths: graph.node('Max', [graph.node('Min', [frameCounts, frames]), one]),
    blank
  }
}

/** A state may be reached from the one before last unless it is a blank or repeats that label. */
function maySkip({ graph }: LossWriter, states: string, blank: number): string {
  const blankValue = graph.scalar(blank, 'int64')
  const shifted = graph.node('Pad', [states, graph.ints([0, 2, 0, -2]), blankValue])
  const isRepeat = graph.node('Equal', [states, shifted])
  const isBlank = graph.node('Equal', [states, blankValue])
  return graph.node('Not', [graph.node('Or', [isRepeat, isBlank])])
}

function logIndicator(loss: LossWriter, condition: string): string {
  return loss.graph.node('Where', [condition, loss.scalar(0), loss.scalar(logZero)])
}

/** Log-sum-exp along `axis`, which stays as 1; finite for log 0. */
function logSum({ graph }: LossWriter, value: string, axis: number): string {
  const top = graph.reduce('ReduceMax', value, [axis])
  const sum = graph.reduceSum(graph.node('Exp', [graph.sub(value, top)]), [axis])
  return graph.add(top, graph.node('Log', [sum]))
}

/** a + e + b, [frames, batch, states]: the log probability of all alignments that are in a state in a frame. */
function writeAlignments(loss: LossWriter, lattice: Lattice): string {
  const { graph } = loss
  const { emissions, states, start, end, lengths, blank } = lattice
  const oppositeStates = (value: string, axis: number) =>
    graph.node('Slice', [value, ...[-1, Number.MIN_SAFE_INTEGER, axis, -1].map((each) => graph.ints([each]))])
  /** Frames that count and states in the opposite order, [frames, batch, states]; twice is as it was. */
  const opposite = (value: string) =>
    oppositeStates(
      graph.node('ReverseSequence', [value, lengths], {
        time_axis: intAttribute(0),
        batch_axis: intAttribute(1)
      }),
      2
    )
  const both = (forwards: string, backwards: string, axis: number) =>
    graph.node('Concat', [forwards, backwards], { axis: intAttribute(axis) })
  const reached = writeRecursion(loss, {
    start: both(start, oppositeStates(end, 1), 0),
    emissions: both(emissions, opposite(emissions), 1),
    skip: logIndicator(loss, maySkip(loss, both(states, oppositeStates(states, 1), 0), blank))
  })
  const batch = graph.node('Shape', [lengths])
  const sizes = graph.node('Concat', [batch, batch], firstAxis)
  const [forwards, backwards] = graph.nodes('Split', [reached, sizes], 2, { axis: intAttribute(1) })
  return graph.add(graph.add(forwards!, emissions), opposite(backwards!))
}

interface Recursion {
  /** [batch, states]: log probability of each state before the first frame. */
  readonly start: string
  /** [frames, batch, states] */
  readonly emissions: string
  /** [batch, states]: 0 where the state may be reached from the one before last, else log 0. */
  readonly skip: string
}

/** a_t for all frames, [frames, batch, states]. */
function writeRecursion(loss: LossWriter, { start, emissions, skip }: Recursion): string {
  const { graph, dataType } = loss
  const zero = loss.scalar(logZero)
  /** Moved to higher states by `count`, log 0 coming in. */
  const shift = (value: string, count: number) =>
    graph.node('Pad', [value, graph.ints([0, 0, count, 0, 0, -count]), zero])
  const front = graph.ints([0])
  const body = graph.body(
    [
      { stem: 'state', dataType, dims: [1, 'batch', 'states'] },
      { stem: 'emission', dataType, dims: ['batch', 'states'] }
    ],
    ([state, emission]) => {
      const ways = [state!, shift(state!, 1), graph.add(shift(state!, 2), skip)]
      const reached = logSum(loss, graph.node('Concat', ways, firstAxis), 0)
      return [graph.add(reached, emission!), reached]
    }
  )
  const outputs = graph.nodes('Scan', [graph.node('Unsqueeze', [start, front]), emissions], 2, {
    body: { kind: 'graph', value: body },
    num_scan_inputs: intAttribute(1)
  })
  return graph.node('Squeeze', [outputs[1]!, graph.ints([1])])
}
