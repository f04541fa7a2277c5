/** Entry of the page. */
import '@contract/without-eval'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import './tokens.css'
import './base.css'

createApp(App).use(createPinia()).mount('#app')
