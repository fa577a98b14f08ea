import { useEffect, useRef, useState } from 'preact/hooks';
import { areaOf, areaWord } from './areas.ts';
import { hashOf, type Place, placeFrom } from './place.ts';

const product = 'OpenClaw Enterprise';

/** The place in the address. Going to another one moves the focus to the heading of the new page. */
export function usePlace(): Place {
  const [place, setPlace] = useState(() => placeFrom(location.hash));
  useEffect(() => {
    const look = () => setPlace(placeFrom(location.hash));
    window.addEventListener('hashchange', look);
    return () => window.removeEventListener('hashchange', look);
  }, []);

  // Other filters are the same page.
  const page = place.page === 'audit' ? 'audit' : hashOf(place);
  const before = useRef(page);
  useEffect(() => {
    document.title = place.page === 'requests' ? product : `${areaWord(areaOf(place))} · ${product}`;
    if (before.current === page) return;
    before.current = page;
    window.scrollTo(0, 0);
    document.querySelector<HTMLElement>('main h1')?.focus();
  }, [page]);
  return place;
}
