-- XML is text; escapes as Oracle writes them.
CREATE FUNCTION oracle.xml_escape(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace($1, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'), '''', '&apos;');
CREATE FUNCTION oracle.xmltype(document text) RETURNS oracle.xmltype LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF pg_catalog.ltrim(document, E' \n\r\t') NOT LIKE '<%>%' THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '31011|XML parsing failed';
    END IF;
    RETURN document::oracle.xmltype;
END
$$;
-- extract('//text()'): what stands between the tags.
CREATE FUNCTION oracle.xml_text(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN nullif(pg_catalog.regexp_replace($1, '<[^>]*>', '', 'g'), '');
