/** The frame of the workbench in a real browser: connection, address, views, what it does when the host is away. */
import type { WebSocketRoute } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { TinyStudy } from '../helpers/tiny-study'
import {
  describeInBrowser,
  focusViewLink,
  goToPlace,
  sidewaysOverflow,
  useWorkbench,
  viewLink,
  viewNames,
  waitForView,
  type WorkbenchSetup
} from './workbench-page'

const looks = [
  { width: 1280, height: 800, colorScheme: 'light' },
  { width: 1280, height: 800, colorScheme: 'dark' },
  { width: 700, height: 800, colorScheme: 'light' },
  { width: 700, height: 800, colorScheme: 'dark' }
] as const

const staleAddress = 'open the one that `lathe serve` printed last'

/** What Chromium says of requests that were refused or that nobody answered. */
const failedRequest = /Failed to load resource|WebSocket connection to/

describeInBrowser('the page', () => {
  const ground = useWorkbench()

  it('connects, and takes the token out of the address', async () => {
    const page = await ground().openPage()
    await page.getByTitle(/^Workspace /).waitFor()
    expect(page.url()).not.toContain('token')
    expect(new URL(page.url()).origin).toBe(ground().server.url.origin)
    expect(await page.title()).toBe('Lathe')
  })

  it('is refused with a wrong token, and says what to do', async () => {
    const { origin } = ground().server.url
    const page = await ground().openPage({
      address: `${origin}/#token=${'a'.repeat(43)}`,
      expectedErrors: failedRequest
    })
    await page.getByRole('status').filter({ hasText: staleAddress }).waitFor()
    expect(await page.getByTitle(/^Workspace /).count()).toBe(0)
  })

  it('keeps its place when it is loaded again', async () => {
    const page = await ground().openPage()
    await viewLink(page, 'Jobs').click()
    await waitForView(page, 'Jobs')
    await page.reload()
    await page.getByTitle(/^Workspace /).waitFor()
    await waitForView(page, 'Jobs')
    await page.goBack()
    await waitForView(page, 'Library')
  })

  it('speaks Japanese when it is asked to, also after it is loaded again', async () => {
    const page = await ground().openPage()
    await page.getByRole('combobox', { name: 'Language' }).selectOption('ja')
    await page.getByRole('link', { name: 'ジョブ' }).waitFor()
    await page.reload()
    await page.getByRole('link', { name: 'ジョブ' }).waitFor()
  })

  it('opens what was opened from outside once, and says so in its place', async () => {
    const page = await ground().openPage()
    await page.getByTitle(/^Workspace /).waitFor()
    const { model } = ground().study
    await goToPlace(page, `#/library?${new URLSearchParams({ open: model }).toString()}`)
    await page.getByText(model).first().waitFor()
    expect(new URL(page.url()).hash).toBe('#/library')
  })

  it('comes back by itself when the connection is lost', async () => {
    const sockets: WebSocketRoute[] = []
    const page = await ground().openPage({
      prepare: (prepared) =>
        prepared.routeWebSocket('**/socket', (socket) => {
          socket.connectToServer()
          sockets.push(socket)
        })
    })
    await page.getByTitle(/^Workspace /).waitFor()
    await sockets[0]!.close()
    await expect.poll(() => sockets.length, { timeout: 10_000 }).toBe(2)
    await page.getByRole('status').filter({ hasText: 'does not answer' }).waitFor({ state: 'detached' })
  })

  it('says that the host is away, and goes on by itself after its restart', async () => {
    const page = await ground().openPage({ expectedErrors: failedRequest })
    await page.getByTitle(/^Workspace /).waitFor()
    await waitForView(page, 'Library')
    await ground().server.end('SIGKILL')
    await page.getByText('The host does not answer').waitFor()
    await ground().restart()
    // The address that `lathe serve` prints is the same for a workspace and a port, so the page's is still right.
    await page.getByText('The host does not answer').waitFor({ state: 'hidden' })
    await viewLink(page, 'Study').click()
    await waitForView(page, 'Study')
  })
})

interface Ground {
  readonly name: string
  readonly setup: WorkbenchSetup
  /** Where in the page the tour begins. */
  readonly about?: (study: TinyStudy) => string
}
const grounds: readonly Ground[] = [
  { name: 'of an empty workspace', setup: {} },
  {
    name: 'of a model and its study',
    setup: { withFinishedStudy: true },
    about: ({ model }) => `#/trade-off?${new URLSearchParams({ study: 'tiny study', model }).toString()}`
  }
]

describeInBrowser('every view', () => {
  for (const { name, setup, about } of grounds) {
    describe(name, () => {
      const ground = useWorkbench(setup)

      it.each(looks)(
        'opens by keyboard without errors or sideways scrolling: $width x $height, $colorScheme',
        async ({ width, height, colorScheme }) => {
          const page = await ground().openPage({ viewport: { width, height }, colorScheme })
          await page.getByTitle(/^Workspace /).waitFor({ state: 'attached' })
          if (about !== undefined) {
            // What a view is about goes along to the others.
            await goToPlace(page, about(ground().study))
            await waitForView(page, 'Trade-off')
          }
          for (const view of viewNames) {
            await focusViewLink(page, view)
            await page.keyboard.press('Enter')
            await waitForView(page, view)
            expect(await sidewaysOverflow(page), `pixels too wide: ${view}`).toBeLessThanOrEqual(0)
          }
        }
      )
    })
  }
})
