// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { openStoreHost } from '../../tests/helpers/store-host'
import { useDroppedFileStore } from '../stores/dropped-file'
import { setLanguage } from '../text/text'
import DropNotice from './DropNotice.vue'

beforeEach(() => {
  window.location.hash = ''
  openStoreHost({})
})

describe('the notice of a drop', () => {
  it.each([
    ['en', 'model.onnx', 'A browser does not tell where “model.onnx” lies', 'Choose it…'],
    ['en', 'hello.opus', '“hello.opus” is a recording', 'Open Compare'],
    ['ja', 'model.onnx', 'ブラウザーは「model.onnx」の場所を知らせない', '一覧から選ぶ…']
  ] as const)('says in %s why %s was not opened and what to do', async (language, name, sentence, action) => {
    setLanguage(language)
    const dropped = useDroppedFileStore()
    const notice = mount(DropNotice)
    expect(notice.find('[role=alert]').exists()).toBe(false)
    await dropped.take({ file: new File([], name), isFolder: false })
    await notice.vm.$nextTick()
    expect(notice.get('[role=alert] p').text()).toContain(sentence)
    expect(notice.findAll('button').map((each) => each.attributes('aria-label') ?? each.text())[0]).toBe(
      action
    )
    await notice.get('.close').trigger('click')
    expect(notice.find('[role=alert]').exists()).toBe(false)
    setLanguage('en')
  })
})
