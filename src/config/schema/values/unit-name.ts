import { z } from 'zod';

const PLAIN = /^[A-Za-z0-9:_.\\][A-Za-z0-9:_.\\-]*(@[A-Za-z0-9:_.\\-]+)?\.service$/;

/** The name of a unit of systemd, whole: `shop.service`, or an instance of a template, `shop@1.service`. See systemd.unit(5). */
export const UnitName = z
  .string()
  .max(255)
  .refine((name) => name.endsWith('.service'), {
    error: 'Expected the whole name of a service, such as "shop.service"',
    abort: true,
  })
  .refine((name) => !name.includes('@.'), {
    error: 'Expected an instance of the template, such as "shop@1.service"',
    abort: true,
  })
  .regex(PLAIN, 'Expected letters, digits and ":_.-@", as systemd takes them for a name');
