/** All variants, each loaded when it is asked for, so that a page holds one framework. */
export const variants = {
  plain: () => import('./plain.ts'),
  vue: () => import('./vue/ours.ts'),
  'vue alone': () => import('./vue/alone.ts'),
  'vue-db': () => import('./vue/official.ts'),
  solid: () => import('./solid/ours.tsx'),
  'solid alone': () => import('./solid/alone.tsx'),
  'solid-db': () => import('./solid/official.tsx'),
  svelte: () => import('./svelte/ours.ts'),
  'svelte alone': () => import('./svelte/alone.ts'),
  'svelte-db': () => import('./svelte/official.ts'),
}

export type VariantName = keyof typeof variants
