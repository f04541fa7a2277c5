/** What every loss is: a model with one more scalar output, and the gradients that this output brings with it. */
import { WorkbenchError } from '@contract/errors'
import type { DataType } from '../../onnx/ir/data-type'
import { isFloatingDataType } from '../../onnx/ir/data-type'
import { intAttribute } from '../../onnx/ir/attribute'
import type { Model } from '../../onnx/ir/model'
import type { CarriedGradient } from '../carried-gradient'
import { GraphWriter } from '../graph-writer'

export interface LossGraph {
  readonly model: Model
  /** The output that holds the loss, a scalar. */
  readonly loss: string
  /** To be passed to `differentiate` together with those of the other losses. */
  readonly carried: readonly CarriedGradient[]
}

export interface LossOptions {
  /** Name of the loss's output where it is free; by default the kind of loss. */
  readonly name?: string
  /**
   * A boolean or floating-point value with one number per position, that is of the shape of what is compared without
   * its last axis: how much each counts. Padding gets 0. Without it all positions count alike.
   */
  readonly weights?: string
}

/** Writes one loss behind a model. */
export class LossWriter {
  readonly graph: GraphWriter
  /** The type of the predictions, in which the loss is computed. */
  readonly dataType: DataType
  readonly #name: string
  readonly #weights: string | undefined

  /** @throws WorkbenchError `invalid-input` when the model has no floating-point value `prediction`. */
  constructor(model: Model, prediction: string, kind: string, { name, weights }: LossOptions) {
    this.graph = new GraphWriter(model, name ?? kind)
    const dataType = this.graph.dataType(prediction)
    if (dataType === undefined || !isFloatingDataType(dataType)) {
      throw new WorkbenchError(
        'invalid-input',
        `The loss compares '${prediction}', which is no floating-point value of the model.`
      )
    }
    this.dataType = dataType
    this.#name = this.graph.takeName(name ?? kind)
    this.#weights = weights
  }

  scalar(value: number): string {
    return this.graph.scalar(value, this.dataType)
  }

  /** The mean of `values`, one per position, weighted where the options say so; 0 when all weights are 0. */
  finishWithMean(values: string): LossGraph {
    const { graph } = this
    const everything = { keepdims: intAttribute(0) }
    if (this.#weights === undefined) {
      graph.nameValue(this.#name, 'ReduceMean', [values], everything)
      return this.#done([])
    }
    const weights = graph.cast(this.#weights, this.dataType)
    const total = graph.node('ReduceSum', [graph.mul(values, weights)], everything)
    const count = graph.node('ReduceSum', [weights], everything)
    const isEmpty = graph.node('Equal', [count, this.scalar(0)])
    graph.nameValue(this.#name, 'Div', [total, graph.node('Where', [isEmpty, this.scalar(1), count])])
    return this.#done([])
  }

  /** The sum of `values` as a loss that brings its gradients along. */
  finishWithSum(values: string, gradients: CarriedGradient['gradients']): LossGraph {
    this.graph.nameValue(this.#name, 'ReduceSum', [values], { keepdims: intAttribute(0) })
    return this.#done([{ value: this.#name, gradients }])
  }

  #done(carried: readonly CarriedGradient[]): LossGraph {
    this.graph.output(this.#name, this.dataType, [])
    return { model: this.graph.build(), loss: this.#name, carried }
  }
}
