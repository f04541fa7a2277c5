/** Entry of the page. */
import '@contract/without-eval'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { api, bridge } from './bridge'
import { hostKey } from './host'
import { pathDialogKey } from './path-dialog'
import { systemPathDialog } from './system-path-dialog'
import './tokens.css'
import './base.css'

const app = createApp(App).use(createPinia())
if (api !== undefined) app.provide(hostKey, api)
// Only the shell of a window has a dialog of the system; without one the page lists files itself.
if (api !== undefined && bridge !== undefined) app.provide(pathDialogKey, systemPathDialog(api))
app.mount('#app')
