// @vitest-environment happy-dom
import { mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { useStudyDraftStore } from '../../stores/study-draft'
import { setLanguage } from '../../text/text'
import GatesSection from './GatesSection.vue'
import GridsSection from './GridsSection.vue'
import LayersSection from './LayersSection.vue'
import MeasuringSection from './MeasuringSection.vue'
import RecipeTextEditor from './RecipeTextEditor.vue'

let draft: ReturnType<typeof useStudyDraftStore>

beforeEach(() => {
  localStorage.clear()
  setLanguage('en')
  setActivePinia(createPinia())
  draft = useStudyDraftStore()
  draft.begin({ name: 'n', model: '/m', calibrationSet: '/c', evaluationSet: '/e' }, '/f')
})

/** A section over the draft in hand: what it changes it shows. */
function section(component: typeof GridsSection): VueWrapper {
  const wrapper = mount(component, {
    props: {
      form: draft.form!,
      onChange: (changes: Parameters<typeof draft.edit>[0], member: string) => {
        draft.edit(changes, member)
        void wrapper.setProps({ form: draft.form! })
      }
    },
    attachTo: document.body
  })
  return wrapper
}

/** The control with this label. */
function labelled(wrapper: VueWrapper, label: string) {
  const found = wrapper.findAll('label').find((each) => each.text().startsWith(label))
  if (found === undefined) throw new Error(`There is no label '${label}'.`)
  const inner = found.find('input')
  return inner.exists() ? inner : wrapper.find(`#${found.attributes('for') ?? ''}`)
}

const written = () => JSON.parse(draft.text) as Record<string, unknown>

describe('the form of a recipe', () => {
  it('writes a method that is marked into its grid, in the order of the list', async () => {
    const grids = section(GridsSection)
    await labelled(grids, 'ASVD').setValue(true)
    expect(draft.form?.grids[0]?.methods).toEqual(['weight-svd', 'asvd', 'whitened-svd'])
    expect(written()).toMatchObject({ grids: [{ methods: ['weight-svd', 'asvd', 'whitened-svd'] }, {}] })
  })

  it('reads fractions as they are typed, and marks what is none', async () => {
    const grids = section(GridsSection)
    const fractions = labelled(grids, 'Kept fractions')
    await fractions.setValue('0.5, 25%')
    expect(draft.form?.grids[0]?.retainedFractions).toEqual([0.5, 0.25])
    await fractions.setValue('0.5, x')
    expect(draft.issue?.place).toBe('grids.0.retainedFractions.1')
    expect(fractions.attributes('aria-invalid')).toBe('true')
    expect((fractions.element as HTMLInputElement).value).toBe('0.5, x')
    await fractions.setValue('0.5')
    expect(draft.issue).toBeUndefined()
  })

  it('shows a change of the text', async () => {
    const grids = section(GridsSection)
    draft.editText(draft.text.replace('"weight-svd", "whitened-svd"', '"asvd"'))
    await grids.setProps({ form: draft.form! })
    expect((labelled(grids, 'ASVD').element as HTMLInputElement).checked).toBe(true)
  })

  it('adds and takes out grids', async () => {
    const grids = section(GridsSection)
    const button = (name: string) =>
      grids.findAll('button').find((each) => each.text() === name || each.attributes('aria-label') === name)
    await button('Add a grid')?.trigger('click')
    expect(draft.form?.grids).toHaveLength(3)
    await button('Remove grid 1')?.trigger('click')
    expect(draft.form?.grids).toHaveLength(2)
    expect(draft.issue).toBeUndefined()
    draft.undo()
    expect(draft.form?.grids).toHaveLength(3)
  })

  it('keeps one bound of a gate', async () => {
    draft.edit({ gates: [{ metric: 'speedup', atLeast: 2, reference: 'baseline' }] }, 'gates')
    const gates = section(GatesSection)
    await gates.find('select[aria-label="Bound"]').setValue('atMost')
    expect(draft.form?.gates).toEqual([{ metric: 'speedup', atMost: 2, reference: 'baseline' }])
  })

  it('leaves out of the text what is set back to its default', async () => {
    const measuring = section(MeasuringSection)
    await labelled(measuring, 'Threads').setValue('4')
    expect(written()).toMatchObject({ evaluation: { threads: 4 } })
    await labelled(measuring, 'Threads').setValue('1')
    expect(written()).not.toHaveProperty('evaluation')
    const layers = section(LayersSection)
    await labelled(layers, 'Only layers').setValue('/enc/*\n/dec/fc')
    expect(written()).toMatchObject({ layers: { include: ['/enc/*', '/dec/fc'] } })
  })
})

describe('the recipe as text', () => {
  it('marks the line that is wrong, and says what is wrong there', () => {
    const text = '{\n  "recipeVersion": 1,\n  oops\n}'
    draft.editText(text)
    const editor = mount(RecipeTextEditor, {
      props: { modelValue: text, issue: draft.issue, fileName: 'n.json' }
    })
    expect(editor.find('.gutter .wrong').text()).toBe('3')
    expect(editor.find('[role=status]').text()).toContain('Line 3: this is not JSON.')
    expect(editor.find('textarea').attributes('aria-invalid')).toBe('true')
  })
})
