import OfficialList from './OfficialList.vue'
import OfficialPlacesById from './OfficialPlacesById.vue'
import { createVariant } from './variant.ts'

export const variant = createVariant(OfficialList, OfficialPlacesById)
