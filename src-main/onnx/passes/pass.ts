import type { Model } from '../ir/model'

/** What a pass returns: a new model, and whether it differs from the one given. */
export interface PassResult {
  readonly model: Model
  readonly modified: boolean
}
