/** The console's pages. One line each: where it is, what it shows, and who may see it. */
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'

/** A page of the menu. */
export interface Place {
  name: string
  path: string
  permission: string
  load: () => Promise<unknown>
}

export const PLACES: readonly Place[] = [
  { name: 'overview', path: '/', permission: 'overview.read', load: () => import('./pages/Overview.vue') },
  { name: 'review', path: '/review', permission: 'review.decide', load: () => import('./pages/Review.vue') },
  { name: 'cases', path: '/cases', permission: 'cases.read', load: () => import('./pages/Cases.vue') },
  {
    name: 'platforms',
    path: '/platforms',
    permission: 'platforms.read',
    load: () => import('./pages/Platforms.vue'),
  },
  {
    name: 'webhooks',
    path: '/webhooks',
    permission: 'platforms.read',
    load: () => import('./pages/Webhooks.vue'),
  },
  {
    name: 'issuers',
    path: '/issuers',
    permission: 'platforms.read',
    load: () => import('./pages/Issuers.vue'),
  },
  {
    name: 'policies',
    path: '/policies',
    permission: 'policies.read',
    load: () => import('./pages/Policies.vue'),
  },
  {
    name: 'registry',
    path: '/registry',
    permission: 'registry.read',
    load: () => import('./pages/Registry.vue'),
  },
  { name: 'bank', path: '/bank', permission: 'bank.read', load: () => import('./pages/Bank.vue') },
  { name: 'jobs', path: '/jobs', permission: 'jobs.read', load: () => import('./pages/Jobs.vue') },
  {
    name: 'privacy',
    path: '/privacy',
    permission: 'privacy.read',
    load: () => import('./pages/Privacy.vue'),
  },
  { name: 'audit', path: '/audit', permission: 'audit.read', load: () => import('./pages/Audit.vue') },
  {
    name: 'operators',
    path: '/operators',
    permission: 'operators.read',
    load: () => import('./pages/Operators.vue'),
  },
]

const pages: RouteRecordRaw[] = PLACES.map(({ name, path, permission, load }) => ({
  name,
  path,
  component: load as RouteRecordRaw['component'] & (() => Promise<unknown>),
  meta: { permission },
}))

export const router = createRouter({
  history: createWebHistory('/console'),
  routes: [
    ...pages,
    {
      name: 'case',
      path: '/cases/:id',
      component: () => import('./pages/Case.vue'),
      meta: { permission: 'cases.read' },
    },
    { name: 'account', path: '/account', component: () => import('./pages/Account.vue') },
    {
      name: 'welcome',
      path: '/welcome',
      component: () => import('./pages/Welcome.vue'),
      meta: { open: true },
    },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
})
