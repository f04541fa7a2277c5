/**
 * Connectionist temporal classification: −log of the probability of all alignments of the labels with the frames.
 *
 * The labels of an example are extended to S = 2·labels + 1 states, a blank around each. With e_t(s) the log
 * probability of state s's class in frame t and ⊕ = log-sum-exp,
 *   α_t(s) = e_t(s) + (α_{t−1}(s) ⊕ α_{t−1}(s−1) ⊕ [s may be reached from s−2] α_{t−1}(s−2)),
 *   β_t(s) = (β_{t+1} + e_{t+1})(s) ⊕ (…)(s+1) ⊕ [s+2 may be reached from s] (…)(s+2),
 *   log p  = α_T(S−1) ⊕ α_T(S−2),   γ_t(s) = exp(α_t(s) + β_t(s) − log p) = softmax_s(α_t + β_t),
 *   ∂(−log p)/∂logit_t(k) = softmax_t(k) − Σ_{s of class k} γ_t(s).
 * Both recursions are Scans over frames, forwards and backwards; the gradient is carried, not differentiated.
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
  const alpha = writeAlpha(loss, lattice)
  const beta = writeBeta(loss, lattice)
  const feasible = graph.node('Greater', [alpha.logProbability, loss.scalar(logZero / 2)])
  const share = graph.node('Reciprocal', [graph.cast(batch, dataType)])
  const cost = graph.mul(graph.node('Neg', [alpha.logProbability]), share)

  // The states of every frame sum up to p, so γ is a softmax: it is exact in the sum, whatever rounding log p has met.
  const gamma = graph.node('Softmax', [graph.add(alpha.states, beta)], lastAxis)
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
  const counts = graph.node('And', [feasible, lattice.isFrame])
  const isCounted = graph.node('Transpose', [counts], { perm: intsAttribute([1, 0, 2]) })
  const gradient = graph.node('Where', [isCounted, graph.mul(slope, share), loss.scalar(0)])
  const counted = graph.node('Where', [feasible, cost, loss.scalar(0)])
  return loss.finishWithSum(counted, [{ input: logits, gradient }])
}

interface Lattice {
  /** [frames, batch, states]: log probability of each state's class. */
  readonly emissions: string
  /** [batch, states]: 0 where the state may be reached from the one before last, else log 0. */
  readonly skip: string
  /** [batch, states]: 0 for the states an alignment may end in, else log 0. */
  readonly final: string
  /** [frames, batch, 1]: whether the frame counts. */
  readonly isFrame: string
  /** [batch, frames, states]: the class of each state. */
  readonly stateIndices: string
  /** [batch, states] zeros but log 0 everywhere except in state 0. */
  readonly start: string
  /** States as an int64 vector of one element. */
  readonly stateCount: string
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
  const ends = graph.mul(column(labelCounts), two)
  const isFinal = graph.node('Or', [
    graph.node('Equal', [numbers, ends]),
    graph.node('Equal', [numbers, graph.sub(ends, one)])
  ])
  const isFrame = graph.node('Less', [
    graph.node('Unsqueeze', [range(frames), graph.ints([1, 2])]),
    column(frameCounts)
  ])
  return {
    emissions: graph.node('Transpose', [emitted], { perm: intsAttribute([1, 0, 2]) }),
    skip: logIndicator(loss, maySkip(loss, states, blank)),
    final: logIndicator(loss, isFinal),
    isFrame,
    stateIndices,
    start: logIndicator(
      loss,
      graph.node('Expand', [
        graph.node('Equal', [numbers, graph.scalar(0, 'int64')]),
        graph.node('Shape', [states])
      ])
    ),
    stateCount
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

/** a ⊕ b ⊕ c, finite for log 0. */
function logSum({ graph }: LossWriter, values: readonly string[]): string {
  const top = graph.node('Max', values)
  const exponentials = values.map((value) => graph.node('Exp', [graph.sub(value, top)]))
  return graph.add(top, graph.node('Log', [graph.node('Sum', exponentials)]))
}

/** `value` moved along the states by `count` (to higher numbers when positive), log 0 coming in. */
function shift({ graph }: LossWriter, value: string, count: number, zero: string): string {
  return graph.node('Pad', [value, graph.ints([0, count, 0, -count]), zero])
}

interface Recursion {
  readonly first: string
  /** Scanned beside the emissions, [frames, batch, 1]. */
  readonly isActive: string
  readonly emissions: string
  readonly isBackward: boolean
  readonly step: (state: string, emission: string) => string
}

/** Runs `step` over the frames; frames that are not active keep the state. All states: [frames, batch, states]. */
function scan({ graph, dataType }: LossWriter, recursion: Recursion): readonly [string, string] {
  const body = graph.body(
    [
      { stem: 'state', dataType, dims: ['batch', 'states'] },
      { stem: 'emission', dataType, dims: ['batch', 'states'] },
      { stem: 'active', dataType: 'bool', dims: ['batch', 1] }
    ],
    ([state, emission, active]) => {
      const moved = recursion.step(state!, emission!)
      const next = graph.node('Where', [active!, moved, state!])
      return [next, graph.node('Identity', [next])]
    }
  )
  const direction = Number(recursion.isBackward)
  const outputs = graph.nodes('Scan', [recursion.first, recursion.emissions, recursion.isActive], 2, {
    body: { kind: 'graph', value: body },
    num_scan_inputs: intAttribute(2),
    scan_input_directions: intsAttribute([direction, direction]),
    scan_output_directions: intsAttribute([direction])
  })
  return [outputs[0]!, outputs[1]!]
}

/** All α and, per example, log p [batch, 1]. */
function writeAlpha(
  loss: LossWriter,
  lattice: Lattice
): { readonly states: string; readonly logProbability: string } {
  const { graph } = loss
  const zero = loss.scalar(logZero)
  // Before the first frame all probability is in state 0, from which states 0 and 1 can be reached.
  const [last, states] = scan(loss, {
    first: lattice.start,
    isActive: lattice.isFrame,
    emissions: lattice.emissions,
    isBackward: false,
    step: (state, emission) =>
      graph.add(
        logSum(loss, [
          state,
          shift(loss, state, 1, zero),
          graph.add(shift(loss, state, 2, zero), lattice.skip)
        ]),
        emission
      )
  })
  const ended = graph.add(last, lattice.final)
  const top = graph.reduce('ReduceMax', ended, [-1])
  const sum = graph.reduceSum(graph.node('Exp', [graph.sub(ended, top)]), [-1])
  return { states, logProbability: graph.add(top, graph.node('Log', [sum])) }
}

/** All β, which do not count the frame they stand at: frame t goes on through the emissions of frame t + 1. */
function writeBeta(loss: LossWriter, lattice: Lattice): string {
  const { graph } = loss
  const zero = loss.scalar(logZero)
  const later = (value: string, fill: string) =>
    graph.node('Pad', [value, graph.ints([-1, 0, 0, 1, 0, 0]), fill])
  const isFollowed = graph.cast(later(graph.cast(lattice.isFrame, 'int32'), graph.scalar(0, 'int32')), 'bool')
  // What may be skipped to, seen from two states before.
  const skipFrom = shift(loss, lattice.skip, -2, zero)
  const [, states] = scan(loss, {
    first: lattice.final,
    isActive: isFollowed,
    emissions: later(lattice.emissions, loss.scalar(0)),
    isBackward: true,
    step: (state, emission) => {
      const arrived = graph.add(state, emission)
      return logSum(loss, [
        arrived,
        shift(loss, arrived, -1, zero),
        graph.add(shift(loss, arrived, -2, zero), skipFrom)
      ])
    }
  })
  return states
}
