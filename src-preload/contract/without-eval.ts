/**
 * For the page: lets zod check without compiling checks to code, which the page's Content-Security-Policy forbids;
 * zod would find that out by trying, and the browser would report it. Import it before any schema is made.
 */
import { z } from 'zod'

z.config({ jitless: true })
