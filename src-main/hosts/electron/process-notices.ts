/** Says when a process beside the main one has died, and what to do next. Nothing finished is lost by it. */
import { app, dialog, type BrowserWindow, type MessageBoxOptions } from 'electron'
import { shellText } from './shell-text'

/** Reasons of Electron that mean that nobody wanted it; an engine that was stopped is `killed`. */
const unwanted: ReadonlySet<string> = new Set([
  'abnormal-exit',
  'crashed',
  'oom',
  'launch-failed',
  'integrity-failure',
  'memory-eviction'
])

/** Offers to load the page again when its process has died. */
export function watchPage(window: BrowserWindow): void {
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    const text = shellText()
    const question: MessageBoxOptions = {
      type: 'error',
      message: text.pageGone,
      detail: text.pageGoneNext(reason),
      buttons: [text.loadAgain, text.quit],
      cancelId: 0,
      noLink: true
    }
    void dialog.showMessageBox(window, question).then(({ response }) => {
      if (response === 1) app.quit()
      else if (!window.isDestroyed()) window.webContents.reload()
    })
  })
}

/** Says that an engine has died, once at a time: `showJobs` leads the user to the job that it was at. */
export function watchEngines(serviceName: string, showJobs: () => void): void {
  let isShown = false
  app.on('child-process-gone', (_event, { type, name, reason }) => {
    if (type !== 'Utility' || name !== serviceName || !unwanted.has(reason) || isShown) return
    isShown = true
    const text = shellText()
    const question: MessageBoxOptions = {
      type: 'warning',
      message: text.engineGone,
      detail: text.engineGoneNext(reason),
      buttons: [text.showJobs, text.close],
      cancelId: 1,
      noLink: true
    }
    void dialog
      .showMessageBox(question)
      .then(({ response }) => {
        if (response === 0) showJobs()
      })
      .finally(() => {
        isShown = false
      })
  })
}
