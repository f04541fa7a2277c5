// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { layerDescription, modelPlan } from '../../../tests/helpers/inspected-layers'
import { useNavigationStore } from '../../stores/navigation'
import { usePlanDraftStore } from '../../stores/plan-draft'
import { useStudyDraftStore } from '../../stores/study-draft'
import { useStudyArrival } from './use-study-arrival'

const layers = [layerDescription({ layerId: 'a' }), layerDescription({ layerId: 'b' })]

beforeEach(() => {
  localStorage.clear()
  window.location.hash = ''
  setActivePinia(createPinia())
})

/** What the inspect view does before the study editor is shown. */
function bringPlan(): void {
  const { planFile } = modelPlan(layers, (layerId) => (layerId === 'a' ? 2 : null))
  usePlanDraftStore().keep({
    plan: planFile,
    modelPath: '/m',
    calibrationPath: '/c',
    method: 'whitened-svd'
  })
  useNavigationStore().go('study', { model: '/m', plan: 'draft' })
}

describe('coming to the study editor with a plan', () => {
  it('begins a draft with these ranks, once, beside the draft that was in hand', () => {
    const draft = useStudyDraftStore()
    draft.begin({ name: 'mine', model: '/other' }, '/f')
    bringPlan()
    const arrive = useStudyArrival()
    arrive('/f')
    const navigation = useNavigationStore()
    // The plan is taken, so that a reload does not take it again; the model stays.
    expect(navigation.params).toEqual({ model: '/m' })
    // The change of the address makes the view look once more.
    arrive('/f')
    expect(draft.drafts.map(({ form }) => form.model)).toEqual(['/m', '/other'])
    expect(draft.form).toMatchObject({
      model: '/m',
      calibrationSet: '/c',
      grids: [],
      plans: [{ method: 'whitened-svd', ranks: { a: 2, b: 'dense' } }]
    })
  })

  it('shows the draft of the model when the plan went with the page', () => {
    useNavigationStore().go('study', { model: '/m', plan: 'draft' })
    useStudyArrival()('/f')
    expect(useNavigationStore().params).toEqual({ model: '/m' })
    expect(useStudyDraftStore().form).toMatchObject({ model: '/m' })
  })
})
