{# A key of several columns is unique; rows whose columns are all NULL are not compared, as in an Oracle unique key. #}
{% test unique_combination(model, columns) %}
  select {{ columns | join(', ') }}, count(*) as n_records
  from {{ model }}
  where not ({% for column in columns %}{{ column }} is null{{ ' and ' if not loop.last }}{% endfor %})
  group by {{ columns | join(', ') }}
  having count(*) > 1
{% endtest %}
