import OfficialList from './OfficialList.svelte'
import OfficialPlacesById from './OfficialPlacesById.svelte'
import { createVariant } from './variant.ts'

export const variant = createVariant(OfficialList, OfficialPlacesById)
