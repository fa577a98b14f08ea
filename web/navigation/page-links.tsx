import type { UserInfo } from '#domain/person/session.schema.ts';
import { type Area, areaOf, areasFor, linkWord } from './areas.ts';
import { hashOf, type Place } from './place.ts';

const placeOf = (area: Area): Place => (area === 'audit' ? { page: area, filters: {} } : { page: area });

interface PageLinksProps {
  who: UserInfo;
  place: Place;
  /** The server has refused tenants to this person. */
  tenantsRefused: boolean;
}

/** Links to the pages. */
export function PageLinks({ who, place, tenantsRefused }: PageLinksProps) {
  const here = areaOf(place);
  return (
    <nav class="pages" aria-label="Pages">
      <ul>
        {areasFor(who, { tenantsRefused }).map((area) => (
          <li key={area}>
            <a href={hashOf(placeOf(area))} {...(area === here ? { 'aria-current': 'page' as const } : {})}>
              {linkWord(area, who)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
