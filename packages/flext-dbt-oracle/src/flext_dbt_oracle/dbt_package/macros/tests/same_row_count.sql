{# Two relations have the same number of rows. #}
{% test same_row_count(model, compare_model) %}
  select a.n as rows_here, b.n as rows_there
  from (select count(*) as n from {{ model }}) a
  cross join (select count(*) as n from {{ compare_model }}) b
  where a.n != b.n
{% endtest %}
