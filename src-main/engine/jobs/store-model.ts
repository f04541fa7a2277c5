import type { Model } from '../../onnx/ir/model'
import { encodeModel } from '../../onnx/serde/encode-model'
import { externalizeModel } from '../../onnx/serde/external-data'
import type { StoredModel } from '../../workspace/model-store'
import type { Workspace } from '../../workspace/workspace'
import type { OpenedModel } from './open-model'

/** Where external data goes, as the field names it. */
const externalDataLocation = 'model.onnx.data'

/** What says where a model that was made goes, and in which form. */
export interface ModelOrigin {
  readonly workspace: Pick<Workspace, 'models'>
  /** The model that it was made from. */
  readonly opened: Pick<OpenedModel, 'externalLocations'>
}

/** Stores a model in one file, or with external data when the original has it: such models may not fit one file. */
export async function storeModel({ workspace, opened }: ModelOrigin, model: Model): Promise<StoredModel> {
  if (opened.externalLocations.size === 0) return workspace.models.add(encodeModel(model))
  const externalized = externalizeModel(model, { location: externalDataLocation })
  return workspace.models.add(
    encodeModel(externalized.model),
    new Map([[externalDataLocation, externalized.chunks]])
  )
}
