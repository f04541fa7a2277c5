import { forEachGraph } from '../graph-path'
import type { Model } from '../ir/model'

/**
 * Hands out value names that a model does not use yet, in none of its graphs: a subgraph may not define a name that
 * is visible around it.
 */
export class FreshNames {
  readonly #taken = new Set<string>()

  constructor(model: Model) {
    forEachGraph(model, (graph) => {
      for (const input of graph.inputs) this.#taken.add(input.name)
      for (const name of graph.initializers.keys()) this.#taken.add(name)
      for (const tensor of graph.sparseInitializers) this.#taken.add(tensor.values.name)
      for (const node of graph.nodes) for (const output of node.outputs) this.#taken.add(output)
    })
  }

  /** `wanted` where it is free, else with the first number that makes it so: `y.hidden`, `y.hidden_2`. */
  take(wanted: string): string {
    let name = wanted
    for (let number = 2; this.#taken.has(name); number++) name = `${wanted}_${number}`
    this.#taken.add(name)
    return name
  }
}
