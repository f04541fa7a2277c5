/**
 * A training step as graphs: the model with its trained weights as inputs, behind it the loss, its gradients and the
 * optimizer. Nothing here runs; `StepRunner` does.
 */
import type { OptimizerSettings } from '@contract/training'
import { addInputs } from '../gradient/add-inputs'
import { differentiate } from '../gradient/differentiate'
import { GraphWriter } from '../gradient/graph-writer'
import { addCrossEntropy } from '../gradient/losses/cross-entropy'
import { addCtc } from '../gradient/losses/ctc'
import type { LossGraph } from '../gradient/losses/loss-graph'
import {
  accumulateGradients,
  summedGradientsModel,
  type AccumulationGraph
} from '../gradient/optimizers/accumulate'
import { addAdamW } from '../gradient/optimizers/adamw'
import { addSgd } from '../gradient/optimizers/sgd'
import type { OptimizerOptions, StepGraph } from '../gradient/optimizers/step-graph'
import { parametersToInputs } from '../gradient/parameters-to-inputs'
import type { Model } from '../onnx/ir/model'
import type { Tensor } from '../onnx/ir/tensor'

/** What of a model a training must know. */
export interface CtcPorts {
  /** The main input and its axis of time. */
  readonly input: string
  readonly timeAxis: number
  /** [batch, frames, classes] */
  readonly logits: string
  readonly blank: number
}

/** What of a classifier a training must know. */
export interface ClassifierPorts {
  /** [batch, classes] */
  readonly logits: string
  /** 0 to below 1: the share of the target that is spread over all classes. */
  readonly labelSmoothing: number
}

export type TrainingStepOptions = StepOptions & (CtcPorts | ClassifierPorts)

interface StepOptions {
  readonly trainable: readonly string[]
  readonly optimizer: OptimizerSettings
  readonly maxGradientNorm: number
  /** The group of each parameter that has one. */
  readonly groups: ReadonlyMap<string, string>
  /** Whether a step is made of several batches. */
  readonly accumulates: boolean
  /** Whether activations are computed anew for the gradients instead of being kept. Default: kept. */
  readonly checkpointing?: boolean
}

export interface TrainingStep {
  /** The trained weights as the model has them, by name. */
  readonly parameters: ReadonlyMap<string, Tensor>
  /** The inputs that a batch brings besides the model's own. */
  readonly inputs: {
    /** int64 [batch, labels]; of a classifier [batch, 1] */
    readonly labels: string
    /** int64 [batch]; a classifier does not read it */
    readonly labelCounts: string
    /** int64 [batch]: frames of the main input that are no padding; a classifier, which hears all of them, does not read it. */
    readonly validFrames: string
  }
  /** The output that holds the mean loss of a batch. */
  readonly loss: string
  /** The output of `evaluation` that holds what the model says, [batch, frames, classes] or [batch, classes]. */
  readonly logits: string
  /** Forward pass and loss only, with the trained weights as inputs. */
  readonly evaluation: Model
  /** Forward, loss, gradients and update in one run; with accumulation only the update. */
  readonly step: StepGraph
  /** Forward, loss and gradients, summed over the batches of a step; undefined when a step is one batch. */
  readonly accumulation: AccumulationGraph | undefined
}

/**
 * Builds the graphs of a training. Weights that are not trained stay constants, and what lies before the first trained one
 * is not differentiated.
 *
 * The loss counts ceil(outputFrames · validFrames ÷ inputFrames) frames of a padded recording, the same ones that
 * evaluation decodes of a padded batch (speech/families/model-runner.ts).
 *
 * @throws WorkbenchError `unsupported-model` for an operator without gradient between a trained weight and the loss,
 * `invalid-input` for a parameter that does not influence it.
 */
export function buildTrainingStep(model: Model, options: TrainingStepOptions): TrainingStep {
  const { trainable, optimizer, maxGradientNorm, groups } = options
  const { model: open, parameters } = parametersToInputs(model, trainable)
  const { evaluation, loss, carried, inputs } = addLoss(open, options)
  const { model: differentiated, gradients } = differentiate(evaluation, {
    loss,
    carried,
    wrt: trainable,
    checkpointing: options.checkpointing ?? false
  })
  const backward = withoutOutputs(differentiated, new Set(gradients.values()))
  const accumulation = options.accumulates ? accumulateGradients(backward, gradients) : undefined
  const before =
    accumulation === undefined ? { model: backward, gradients } : summedGradientsModel(accumulation)
  const vectors = [...parameters.values()].filter(({ dims }) => dims.length < 2).map(({ name }) => name)
  const step = addOptimizer(before.model, optimizer, {
    gradients: before.gradients,
    maxGradientNorm,
    groups,
    undecayed: new Set(vectors)
  })
  return { parameters, inputs, loss, logits: options.logits, evaluation, step, accumulation }
}

/** Outputs that nobody reads would be kept in memory to the end of a run. */
function withoutOutputs(model: Model, names: ReadonlySet<string>): Model {
  const outputs = model.graph.outputs.filter(({ name }) => !names.has(name))
  return { ...model, graph: { ...model.graph, outputs } }
}

function addLoss(open: Model, ports: CtcPorts | ClassifierPorts) {
  const {
    model,
    names: [labels, labelCounts, validFrames]
  } = addInputs(open, [
    { name: 'labels', dataType: 'int64', dims: ['batch', 'labels'] },
    { name: 'labelCounts', dataType: 'int64', dims: ['batch'] },
    { name: 'validFrames', dataType: 'int64', dims: ['batch'] }
  ])
  const inputs = { labels: labels!, labelCounts: labelCounts!, validFrames: validFrames! }
  const added = 'blank' in ports ? addCtcLoss(model, ports, inputs) : addClassLoss(model, ports, inputs)
  const { model: evaluation, ...loss } = added
  return { evaluation, ...loss, inputs }
}

function addClassLoss(
  model: Model,
  { logits, labelSmoothing }: ClassifierPorts,
  { labels }: TrainingStep['inputs']
): LossGraph {
  const graph = new GraphWriter(model, 'class')
  const classes = graph.node('Squeeze', [labels, graph.ints([1])])
  return addCrossEntropy(graph.build(), { logits, labels: classes, labelSmoothing })
}

function addCtcLoss(
  model: Model,
  { input, timeAxis, logits, blank }: CtcPorts,
  inputs: TrainingStep['inputs']
): LossGraph {
  const graph = new GraphWriter(model, 'frames')
  const inputFrames = graph.sizeAt(input, timeAxis)
  // ceil(a ÷ b) of positive integers.
  const products = graph.mul(graph.sizeAt(logits, 1), inputs.validFrames)
  const roundedUp = graph.add(products, graph.sub(inputFrames, graph.ints([1])))
  const frameCounts = graph.nameValue(graph.takeName('frameCounts'), 'Div', [roundedUp, inputFrames])
  return addCtc(graph.build(), {
    logits,
    labels: inputs.labels,
    labelCounts: inputs.labelCounts,
    frameCounts,
    blank
  })
}

function addOptimizer(
  model: Model,
  settings: OptimizerSettings,
  options: OptimizerOptions & { readonly undecayed: ReadonlySet<string> }
): StepGraph {
  return settings.kind === 'adamw'
    ? addAdamW(model, { ...options, ...settings })
    : addSgd(model, { ...options, ...settings })
}
