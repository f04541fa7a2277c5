import { rankMapOf } from '@contract/rank-plan'
import { plannedTrialSchema } from '@contract/recipe'
import { useNavigationStore } from '../../stores/navigation'
import { usePlanDraftStore, type PlanDraft } from '../../stores/plan-draft'
import { useStudyDraftStore } from '../../stores/study-draft'
import { useText } from '../../text/text'

/**
 * What another view sent the user here with: a model, a data set, or the plan that was made in Inspect. Nothing of a
 * draft is lost for it: what is filled already stays, or can be brought back by undo.
 */
export function useStudyArrival(): (folder: string) => void {
  const navigation = useNavigationStore()
  const draft = useStudyDraftStore()
  const planDraft = usePlanDraftStore()
  const text = useText()

  function takePlan({ plan, modelPath, calibrationPath, method }: PlanDraft, folder: string): void {
    const name = text.value.study.fromInspect
    draft.begin({ name, model: modelPath, calibrationSet: calibrationPath ?? undefined }, folder)
    const trial = plannedTrialSchema.parse({ name, method, ranks: rankMapOf(plan) })
    draft.edit({ grids: [], plans: [trial] }, 'plans add')
    planDraft.clear()
  }

  /** The draft on this model; else the one in hand when it has none yet; else a new one. */
  function takeModel(model: string, folder: string): void {
    if (draft.form?.model === model) return
    const known = draft.drafts.find(({ form }) => form.model === model)
    if (known !== undefined) draft.select(known.draftId)
    else if (draft.form?.model === '') draft.edit({ model }, 'model')
    else draft.begin({ name: text.value.study.untitled, model }, folder)
  }

  function takeDataset(dataset: string, folder: string): void {
    if (draft.form === undefined) draft.begin({ name: text.value.study.untitled }, folder)
    const isCalibrationNext = draft.form?.evaluationSet !== '' && draft.form?.calibrationSet === ''
    const member = isCalibrationNext ? 'calibrationSet' : 'evaluationSet'
    draft.edit({ [member]: dataset }, member)
  }

  return (folder) => {
    const { model, dataset, plan } = navigation.params
    const { draft: planned } = planDraft
    // A plan is gone after a reload; its model is still in the address.
    if (plan === 'draft' && planned !== undefined) takePlan(planned, folder)
    else if (model !== undefined) takeModel(model, folder)
    if (dataset !== undefined) takeDataset(dataset, folder)
    // Once is enough: a reload must not do it again.
    if (plan !== undefined || dataset !== undefined) navigation.go('study', navigation.carried)
  }
}
