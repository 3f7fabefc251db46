import { version } from '@rowsignal/svelte/package.json'
import { version as officialVersion } from '../../node_modules/@tanstack/svelte-db/package.json'
import { startComparison } from '../page.ts'
import { mountWith } from './mount.svelte.ts'
import OfficialList from './OfficialList.svelte'
import RowsignalList from './RowsignalList.svelte'

void startComparison({
  framework: 'Svelte',
  official: {
    name: '@tanstack/svelte-db',
    version: officialVersion,
    mount: mountWith(OfficialList),
  },
  ours: { name: '@rowsignal/svelte', version, mount: mountWith(RowsignalList) },
})
