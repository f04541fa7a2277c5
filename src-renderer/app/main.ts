/** Entry of the page. */
import '@contract/without-eval'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { api } from './bridge'
import { hostKey } from './host'
import './tokens.css'
import './base.css'

const app = createApp(App).use(createPinia())
if (api !== undefined) app.provide(hostKey, api)
app.mount('#app')
