/** Spanish (es-US), as it is said on the pages that are there for anyone. */
import type { enPublic } from "./en-public";

export const esPublic: Record<keyof typeof enPublic, string> = {
  "public.title": "Pague su factura en línea",
  "public.nav": "El consultorio",
  "public.home": "Página de inicio",
  "public.staff": "Profesionales",
  "public.locations": "Consultorios",
  "public.contact": "Contacto",
  "public.fees": "El consultorio paga todas las comisiones: lo que usted paga se abona completo a la cuenta y no se añade nada.",
  "public.account": "¿Tiene una cuenta?",
  "public.accountText": "Inicie sesión para ver lo que debe y por qué, pagarlo y encontrar sus documentos.",
  "public.signIn": "Iniciar sesión",
  "public.noOnline": "No acepta pagos en línea: pregunte cómo pagar.",
  "public.description": "{practice}: pague su factura en línea, sin comisiones añadidas. Profesionales, consultorios y cómo comunicarse con el consultorio.",
  "public.notices": "Avisos",
  "public.notice.privacy_practices": "Aviso de prácticas de privacidad",
  "public.notice.nondiscrimination": "Aviso de no discriminación",
  "public.updated": "Página actualizada por última vez: {date}",
};
