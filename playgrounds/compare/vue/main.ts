import { version } from '@rowsignal/vue/package.json'
import { type Component, createApp, h, ref } from 'vue'
import { version as officialVersion } from '../../node_modules/@tanstack/vue-db/package.json'
import { startComparison } from '../page.ts'
import type { Side } from '../side.ts'
import OfficialList from './OfficialList.vue'
import RowsignalList from './RowsignalList.vue'

const mountWith =
  (list: Component): Side['mount'] =>
  (target, places) => {
    const text = ref('')
    const app = createApp({ render: () => h(list, { places, text: text.value }) })
    app.mount(target)
    return {
      setText: (value) => void (text.value = value),
      unmount: () => app.unmount(),
    }
  }

void startComparison({
  framework: 'Vue',
  official: {
    name: '@tanstack/vue-db',
    version: officialVersion,
    mount: mountWith(OfficialList),
  },
  ours: { name: '@rowsignal/vue', version, mount: mountWith(RowsignalList) },
})
